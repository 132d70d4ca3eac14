#include "select/methods/method.hpp"

#include <algorithm>
#include <cmath>

#include "select/named.hpp"

namespace ridgeline::selection {
namespace {

constexpr double narrowest = 0.25;  // decades; in less, a model cannot tell values apart

using Make = std::unique_ptr<Method> (*)(const SelectOptions&, const SelectionTask&);

template <Sampler sampler>
std::unique_ptr<Method> exhaustive_of(const SelectOptions& options, const SelectionTask& task) {
  return exhaustive(options, task, sampler);
}

// Where the candidates of a method come from.
enum class Candidates {
  own,
  grid,
  sampler,           // SelectOptions::sampler
  curve_or_sampler,  // a model of the curve; the sampler if the search has no curve
};

struct Kind {
  Make make;
  Candidates candidates = Candidates::own;
  bool exhaustive = false;
  bool takes_factor = false;
  bool follows_epochs = false;
  Measure measure = Measure::nothing;
};

constexpr Named<Kind, 12> methods{{
    {"race", {.make = race, .candidates = Candidates::curve_or_sampler}},
    {"grid",
     {.make = exhaustive_of<sample_grid>, .candidates = Candidates::grid, .exhaustive = true}},
    {"random", {.make = exhaustive_of<sample_random>, .exhaustive = true}},
    {"sobol", {.make = exhaustive_of<sample_sobol>, .exhaustive = true}},
    {"halving", {.make = halving, .candidates = Candidates::sampler, .takes_factor = true}},
    {"hyperband",
     {.make = hyperband,
      .candidates = Candidates::sampler,
      .takes_factor = true,
      .follows_epochs = true}},
    {"asha", {.make = asha, .candidates = Candidates::sampler, .takes_factor = true}},
    {"bayes", {.make = bayes}},
    {"tpe", {.make = tpe}},
    {"path", {.make = path, .candidates = Candidates::grid}},
    {"hypergradient", {.make = hypergradient, .measure = Measure::slope}},
    {"evidence", {.make = evidence, .measure = Measure::evidence}},
}};

const Kind& kind_of(std::string_view method) {
  return find_named(methods, "select.method", method);
}

}  // namespace

std::unique_ptr<Method> make_method(const SelectOptions& options, const SelectionTask& task) {
  return kind_of(options.method).make(options, task);
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : methods) names.emplace_back(name);
  return names;
}

bool takes_sampler(const SelectOptions& options) {
  const Candidates candidates = kind_of(options.method).candidates;
  return candidates == Candidates::sampler ||
         (candidates == Candidates::curve_or_sampler && !is_curve(options.over));
}

bool takes_trials(const SelectOptions& options) {
  const bool grid = kind_of(options.method).candidates == Candidates::grid ||
                    (takes_sampler(options) && sampler_name(options) == "grid");
  return !grid || std::ranges::any_of(options.over, [](const auto& searched) {
    return searched.second.values.empty();
  });
}

bool is_exhaustive(std::string_view method) {
  return kind_of(method).exhaustive;
}

bool takes_factor(std::string_view method) {
  return kind_of(method).takes_factor;
}

bool follows_epochs(std::string_view method) {
  return kind_of(method).follows_epochs;
}

Measure measure_of(std::string_view method) {
  return kind_of(method).measure;
}

bool is_curve(const SearchSpace& over) {
  const Range& range = over.begin()->second;
  const bool wide =
      range.log ? std::log10(range.max / range.min) > narrowest : range.min < range.max;
  return over.size() == 1 && range.values.empty() && wide;
}

}  // namespace ridgeline::selection
