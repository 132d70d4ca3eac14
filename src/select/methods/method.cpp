#include "select/methods/method.hpp"

#include "select/named.hpp"

namespace ridgeline::selection {
namespace {

using Make = std::unique_ptr<Method> (*)(const SelectOptions&, const SelectionTask&);

template <Sampler sampler>
std::unique_ptr<Method> exhaustive_of(const SelectOptions& options, const SelectionTask& task) {
  return exhaustive(options, task, sampler);
}

constexpr Named<Make, 12> methods{{
    {"race", race},
    {"grid", exhaustive_of<sample_grid>},
    {"random", exhaustive_of<sample_random>},
    {"sobol", exhaustive_of<sample_sobol>},
    {"halving", halving},
    {"hyperband", hyperband},
    {"asha", asha},
    {"bayes", bayes},
    {"tpe", tpe},
    {"path", path},
    {"hypergradient", hypergradient},
    {"evidence", evidence},
}};

}  // namespace

std::unique_ptr<Method> make_method(const SelectOptions& options, const SelectionTask& task) {
  return find_named(methods, "select.method", options.method)(options, task);
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const auto& [name, make] : methods) names.emplace_back(name);
  return names;
}

bool is_curve(const SearchSpace& over) {
  const Range& range = over.begin()->second;
  return over.size() == 1 && range.values.empty() && range.min < range.max;
}

}  // namespace ridgeline::selection
