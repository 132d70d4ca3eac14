#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

using Positions = std::vector<std::size_t>;

/// The positions of each class's images, shuffled by (seed, class, folds).
std::vector<Positions> shuffled_classes(const Dataset& data, std::uint64_t seed, int folds) {
  std::vector<Positions> classes(data.has_classes() ? data.classes() : 1);
  for (std::size_t i = 0; i < data.size(); ++i) {
    classes[data.has_classes() ? data.label(i) : 0].push_back(i);
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    Random random(seed, Purpose::split, c, folds);
    shuffle(std::span(classes[c]), random);
  }
  return classes;
}

Split split_by(const Dataset& data, const std::vector<bool>& validation) {
  Positions in, out;
  for (std::size_t i = 0; i < data.size(); ++i) (validation[i] ? out : in).push_back(i);
  return {data.subset(in), data.subset(out)};
}

}  // namespace

Split stratified_split(const Dataset& data, double fraction, std::uint64_t seed) {
  if (!(fraction > 0 && fraction < 1)) {
    throw UsageError(
        fmt::format("the fraction for validation must be between 0 and 1, not {}", fraction));
  }
  if (data.size() < 2) {
    throw UsageError(fmt::format("a split needs at least 2 images, and there are {}", data.size()));
  }
  const auto classes = shuffled_classes(data, seed, 0);
  const auto total =
      static_cast<std::size_t>(std::clamp(std::round(static_cast<double>(data.size()) * fraction),
                                          1.0, static_cast<double>(data.size() - 1)));

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

  std::vector<bool> validation(data.size());
  for (std::size_t c = 0; c < classes.size(); ++c) {
    for (std::size_t k = 0; k < counts[c]; ++k) validation[classes[c][k]] = true;
  }
  return split_by(data, validation);
}

std::vector<Split> stratified_folds(const Dataset& data, int folds, std::uint64_t seed) {
  if (folds < 2) throw UsageError(fmt::format("there must be at least 2 folds, not {}", folds));
  if (data.size() < static_cast<std::size_t>(folds)) {
    throw UsageError(fmt::format("{} folds of {} images: a fold would be empty; use at most {}",
                                 folds, data.size(), data.size()));
  }
  // Dealt like cards, class after class: classes and folds both come out even to within one.
  std::vector<int> fold_of(data.size());
  std::size_t dealt = 0;
  for (const Positions& positions : shuffled_classes(data, seed, folds)) {
    for (std::size_t i : positions) fold_of[i] = static_cast<int>(dealt++ % folds);
  }
  std::vector<Split> splits;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<bool> validation(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) validation[i] = fold_of[i] == fold;
    splits.push_back(split_by(data, validation));
  }
  return splits;
}

}  // namespace ridgeline
