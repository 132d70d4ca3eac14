#include "select/methods/method.hpp"

#include "select/named.hpp"

namespace ridgeline::selection {
namespace {

using Make = std::unique_ptr<Method> (*)(const SelectOptions&, const SelectionTask&);

template <Sampler sampler>
std::unique_ptr<Method> exhaustive_of(const SelectOptions& options, const SelectionTask& task) {
  return exhaustive(options, task, sampler);
}

// Where the candidates of a method come from.
enum class Candidates {
  own,
  sampler,           // SelectOptions::sampler
  curve_or_sampler,  // a model of the curve; the sampler if the search has no curve
};

struct Kind {
  Make make;
  Candidates candidates = Candidates::own;
  bool takes_factor = false;
};

constexpr Named<Kind, 12> methods{{
    {"race", {race, Candidates::curve_or_sampler}},
    {"grid", {exhaustive_of<sample_grid>}},
    {"random", {exhaustive_of<sample_random>}},
    {"sobol", {exhaustive_of<sample_sobol>}},
    {"halving", {halving, Candidates::sampler, true}},
    {"hyperband", {hyperband, Candidates::sampler, true}},
    {"asha", {asha, Candidates::sampler, true}},
    {"bayes", {bayes}},
    {"tpe", {tpe}},
    {"path", {path}},
    {"hypergradient", {hypergradient}},
    {"evidence", {evidence}},
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

bool takes_factor(std::string_view method) {
  return kind_of(method).takes_factor;
}

bool is_curve(const SearchSpace& over) {
  const Range& range = over.begin()->second;
  return over.size() == 1 && range.values.empty() && range.min < range.max;
}

}  // namespace ridgeline::selection
