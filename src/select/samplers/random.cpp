#include "tensor/random.hpp"

#include <algorithm>

#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

constexpr int draws_per_trial = 50;  // limits the tries if few different values exist

double draw(const Range& range, Random random) {
  return range.values.empty() ? value_at(range, random.uniform_double())
                              : range.values[random.below(range.values.size())];
}

}  // namespace

std::vector<Assignment> sample_random(const Search& search) {
  std::vector<Assignment> candidates;
  for (int i = 0; i < draws_per_trial * search.trials; ++i) {
    if (static_cast<int>(candidates.size()) == search.trials) break;
    Assignment candidate;
    std::uint64_t axis = 0;
    for (const auto& [key, range] : search.over) {
      const double value =
          i == 0 && takes_zero(key)
              ? 0
              : draw(range, {search.seed, Purpose::sample, static_cast<std::uint64_t>(i), axis});
      candidate[key] = search.settled(key, value);
      ++axis;
    }
    if (std::ranges::find(candidates, candidate) == candidates.end()) {
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace ridgeline::selection
