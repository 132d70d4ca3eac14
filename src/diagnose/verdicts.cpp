#include "diagnose/verdicts.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

namespace ridgeline {

std::string name_of(Severity severity) {
  constexpr std::array names{"note", "warning", "problem"};
  return names[static_cast<std::size_t>(severity)];
}

namespace diagnose {

std::vector<Verdict> verdicts(const Record& record) {
  using Family = Verdicts (*)(const Record&);
  constexpr std::array<Family, 7> families{over_fitting, under_fitting,    gradient_flow,
                                           dead_units,   scale_invariance, penalty_size,
                                           too_few_steps};
  // The others judge the end of a training, which was not reached.
  constexpr std::array<Family, 3> of_diverged{divergence, gradient_flow, dead_units};
  std::vector<Verdict> all;
  if (steps(record) == 0 && !record.diverged) return all;
  for (const Family family : record.diverged ? std::span<const Family>(of_diverged) : families) {
    std::ranges::move(family(record), std::back_inserter(all));
  }
  std::ranges::stable_sort(all, std::greater<>(), &Verdict::severity);
  return all;
}

}  // namespace diagnose
}  // namespace ridgeline
