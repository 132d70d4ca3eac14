#include "select/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ridgeline/error.hpp"
#include "select/group_splits.hpp"
#include "select/named.hpp"
#include "select/own_splits.hpp"
#include "tensor/memory.hpp"
#include "tensor/random.hpp"
#include "train/hash.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::array<std::string_view, 2> kinds{"stratified", "leave-groups-out"};

// The first repeat has the folds of a selection without repeats.
std::uint64_t seed_of(const SelectOptions& options, int repeat) {
  if (repeat == 0) return options.seed;
  constexpr std::uint64_t seeds = 0xffffffff;  // more than the folds of any division
  Random random(options.seed, Purpose::split, static_cast<std::uint64_t>(repeat), seeds);
  const std::uint64_t high = random.bits();
  return high << 32 | random.bits();
}

void at_least(std::string_view key, int value, int least) {
  if (value >= least) return;
  throw UsageError(fmt::format("{} must be at least {}, not {}", key, least, value));
}

/// Each fold has a list of all images.
void refuse_too_many(const Dataset& images, const SelectOptions& options) {
  const double bytes =
      sizeof(std::size_t) * static_cast<double>(images.size()) * options.folds * options.repeats;
  const auto free = static_cast<double>(available_memory());
  if (bytes < free) return;
  throw ResourceError(fmt::format(
      "{} folds of {} images need {:.3g} GB of memory for their lists of images, and "
      "{:.3g} GB are free: use fewer select.folds or select.repeats",
      std::int64_t{options.folds} * options.repeats, images.size(), bytes / 1e9, free / 1e9));
}

/// Marks images by their indices in the source.
class Marks {
 public:
  /// The number of images that were not marked before.
  std::int64_t add(const Dataset& images) {
    std::int64_t added = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto id = static_cast<std::size_t>(images.id(i));
      if (id >= marked_.size()) marked_.resize(std::max(id + 1, 2 * marked_.size()));
      added += marked_[id] ? 0 : 1;
      marked_[id] = true;
    }
    return added;
  }
  bool has(std::uint64_t id) const { return id < marked_.size() && marked_[id]; }

 private:
  std::vector<bool> marked_;
};

}  // namespace

void check_split_options(const SelectOptions& options) {
  check_name(kinds, "select.split", options.split);
  at_least("select.folds", options.folds, 1);
  at_least("select.repeats", options.repeats, 1);
  at_least("select.leave_groups", options.leave_groups, 1);
  if (options.repeats > 1 && (options.splits || options.split != "stratified")) {
    throw UsageError(
        "select.repeats has no effect on folds that no seed divides: it needs select.split = "
        "stratified");
  }
  if (options.outer_folds == 0) return;
  if (options.outer_folds == 1) {
    throw UsageError(
        "select.outer_folds must be 0, which is no nested cross-validation, or at least 2, not 1");
  }
  at_least("select.outer_folds", options.outer_folds, 0);
}

std::vector<Split> splits(const Dataset& images, const SelectOptions& options) {
  check_split_options(options);
  if (options.splits) return own_splits(images, options);
  if (options.split == "leave-groups-out") return leave_groups_out(images, options.leave_groups);
  refuse_too_many(images, options);
  std::vector<Split> all;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    const std::uint64_t seed = seed_of(options, repeat);
    if (options.folds == 1) {
      all.push_back(stratified_split(images, options.holdout, seed));
    } else {
      for (Split& split : stratified_folds(images, options.folds, seed)) {
        all.push_back(std::move(split));
      }
    }
  }
  return all;
}

void check_batch(const std::vector<Split>& splits, std::int64_t batch) {
  for (const Split& split : splits) {
    if (batch <= static_cast<std::int64_t>(split.train.size())) continue;
    throw UsageError(
        fmt::format("train.batch is {}, but a fold leaves only {} training images: make it at most "
                    "that",
                    batch, split.train.size()));
  }
}

std::vector<std::int64_t> fold_images(const std::vector<Split>& splits) {
  std::vector<std::int64_t> images;
  images.reserve(splits.size());
  for (const Split& split : splits) images.push_back(static_cast<std::int64_t>(split.train.size()));
  return images;
}

Dataset validation_images(const Dataset& images, const std::vector<Split>& splits) {
  Marks validated;
  for (const Split& split : splits) validated.add(split.validation);
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (validated.has(images.id(i))) which.push_back(i);
  }
  return which.size() == images.size() ? images : images.subset(which);
}

std::vector<double> distinct_folds(const std::vector<Split>& splits) {
  std::vector<double> distinct;
  Marks validated;
  std::int64_t unique = 0, all = 0;
  for (const Split& split : splits) {
    unique += validated.add(split.validation);
    all += static_cast<std::int64_t>(split.validation.size());
    const double mean = static_cast<double>(all) / static_cast<double>(distinct.size() + 1);
    distinct.push_back(static_cast<double>(unique) / mean);
  }
  return distinct;
}

std::string describe(const std::vector<Split>& splits) {
  train::Hash hash;
  for (const Split& split : splits) {
    for (const Dataset* side : {&split.train, &split.validation}) {
      hash.add(side->size());
      for (std::size_t i = 0; i < side->size(); ++i) hash.add(side->id(i));
    }
  }
  return fmt::format("{:x}", hash.value());
}

}  // namespace ridgeline::selection
