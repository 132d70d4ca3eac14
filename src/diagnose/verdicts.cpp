#include "diagnose/verdicts.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace ridgeline {

std::string name_of(Severity severity) {
  constexpr std::array names{"note", "warning", "problem"};
  return names[static_cast<std::size_t>(severity)];
}

namespace diagnose {

std::vector<Verdict> verdicts(const Record& record) {
  constexpr std::array families{over_fitting,     under_fitting, gradient_flow, dead_units,
                                scale_invariance, penalty_size, too_few_steps};
  std::vector<Verdict> all;
  if (steps(record) == 0) return all;
  for (const auto& family : families) std::ranges::move(family(record), std::back_inserter(all));
  std::ranges::stable_sort(all, std::greater<>(), &Verdict::severity);
  return all;
}

}  // namespace diagnose
}  // namespace ridgeline
