#include "data/assign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/assign_groups.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

using Positions = std::vector<std::size_t>;

/// The positions of each class's samples, shuffled by (seed, class, folds).
std::vector<Positions> shuffled_classes(const SplitSamples& samples, std::uint64_t seed,
                                        int folds) {
  std::vector<Positions> classes(1);
  for (std::size_t i = 0; i < samples.size; ++i) {
    const auto c = samples.classes.empty() ? 0 : static_cast<std::size_t>(samples.classes[i]);
    if (c >= classes.size()) classes.resize(c + 1);
    classes[c].push_back(i);
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    Random random(seed, Purpose::split, c, static_cast<std::uint64_t>(folds));
    shuffle(std::span(classes[c]), random);
  }
  return classes;
}

}  // namespace

std::vector<bool> assign_validation(const SplitSamples& samples, double fraction,
                                    std::uint64_t seed) {
  if (!(fraction > 0 && fraction < 1)) {
    throw UsageError(
        fmt::format("the fraction for validation must be between 0 and 1, not {}", fraction));
  }
  if (samples.size < 2) {
    throw UsageError(
        fmt::format("a split needs at least 2 images, and there are {}", samples.size));
  }
  if (const auto groups = find_groups(samples); !groups.empty()) {
    return assign_validation(groups, samples, fraction, seed);
  }
  const auto classes = shuffled_classes(samples, seed, 0);
  const auto size = static_cast<double>(samples.size);
  const auto total =
      static_cast<std::size_t>(std::clamp(std::round(size * fraction), 1.0, size - 1));

  // Every class gives its share rounded down; the largest remainders give one more each.
  std::vector<std::size_t> counts(classes.size());
  std::vector<double> remainders(classes.size());
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const double share = static_cast<double>(classes[c].size()) * fraction;
    counts[c] = static_cast<std::size_t>(share);
    remainders[c] = share - std::floor(share);
  }
  Positions order(classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  std::size_t given = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  for (std::size_t k = 0; given < total; ++k, ++given) ++counts[order[k]];

  std::vector<bool> validation(samples.size);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    for (std::size_t k = 0; k < counts[c]; ++k) validation[classes[c][k]] = true;
  }
  return validation;
}

std::vector<int> assign_folds(const SplitSamples& samples, int folds, std::uint64_t seed) {
  if (folds < 2) throw UsageError(fmt::format("there must be at least 2 folds, not {}", folds));
  if (samples.size < static_cast<std::size_t>(folds)) {
    throw UsageError(fmt::format("{} folds of {} images: a fold would be empty; use at most {}",
                                 folds, samples.size, samples.size));
  }
  if (const auto groups = find_groups(samples); !groups.empty()) {
    return assign_folds(groups, samples, folds, seed);
  }
  // Dealt like cards, class after class: classes and folds both come out even to within one.
  std::vector<int> fold_of(samples.size);
  std::size_t dealt = 0;
  for (const Positions& positions : shuffled_classes(samples, seed, folds)) {
    for (const std::size_t i : positions) {
      fold_of[i] = static_cast<int>(dealt++ % static_cast<std::size_t>(folds));
    }
  }
  return fold_of;
}

}  // namespace ridgeline::data
