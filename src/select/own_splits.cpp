#include "select/own_splits.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

/// Where the images of a data set are in it, by their indices in the source.
std::unordered_map<std::uint64_t, std::size_t> positions_in(const Dataset& images) {
  std::unordered_map<std::uint64_t, std::size_t> positions;
  for (std::size_t i = 0; i < images.size(); ++i) positions.emplace(images.id(i), i);
  return positions;
}

/// The images of `part`, at the same positions of another data set.
Dataset moved(const Dataset& part, const std::unordered_map<std::uint64_t, std::size_t>& positions,
              const Dataset& to) {
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto found = positions.find(part.id(i));
    if (found == positions.end()) return part;  // own_splits() refuses it
    which.push_back(found->second);
  }
  return to.subset(which);
}

void check_side(const Dataset& side, const Dataset& images,
                const std::unordered_map<std::uint64_t, std::size_t>& positions,
                std::string_view what) {
  if (side.empty()) throw UsageError(fmt::format("{} images are missing", what));
  const bool same = side.source() == images.source();
  for (std::size_t i = 0; i < side.size(); ++i) {
    if (same && positions.contains(side.id(i))) continue;
    throw UsageError(fmt::format(
        "{} is none of the {} images that were to be divided, but one of the {} images: a split "
        "has only images of those",
        side.name(i), images.size(), what));
  }
}

void check_apart(const Split& split) {
  std::unordered_set<std::uint64_t> ids;
  std::unordered_map<std::int64_t, std::size_t> groups;
  for (std::size_t i = 0; i < split.train.size(); ++i) {
    ids.insert(split.train.id(i));
    if (split.train.grouped()) groups.emplace(split.train.group(i), i);
  }
  for (std::size_t i = 0; i < split.validation.size(); ++i) {
    if (ids.contains(split.validation.id(i))) {
      throw UsageError(
          fmt::format("{} is both a training and a validation image", split.validation.name(i)));
    }
    if (!split.validation.grouped() || split.validation.group(i) < 0) continue;
    const auto found = groups.find(split.validation.group(i));
    if (found == groups.end()) continue;
    throw UsageError(fmt::format(
        "{} is for training and {} for validation, and both are of one group (data.groups)",
        split.train.name(found->second), split.validation.name(i)));
  }
}

}  // namespace

std::vector<Split> own_splits(const Dataset& images, const SelectOptions& options) {
  std::vector<Split> splits = options.splits(images);
  if (splits.empty())
    throw UsageError("SelectOptions::splits gave no split: it needs at least one");
  const auto positions = positions_in(images);
  for (std::size_t s = 0; s < splits.size(); ++s) {
    try {
      check_side(splits[s].train, images, positions, "training");
      check_side(splits[s].validation, images, positions, "validation");
      check_apart(splits[s]);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("fold {} is not valid: {}", s + 1, error.what()));
    }
  }
  return splits;
}

std::function<std::vector<Split>(const Dataset&)> on_cache(
    std::function<std::vector<Split>(const Dataset&)> splits, const Dataset& images,
    const Dataset& cached) {
  if (!splits) return splits;
  return [splits = std::move(splits), images, cached,
          positions = positions_in(images)](const Dataset& part) {
    std::vector<Split> result = splits(moved(part, positions, images));
    for (Split& split : result) {
      for (Dataset* side : {&split.train, &split.validation}) {
        if (side->source() == images.source()) *side = moved(*side, positions, cached);
      }
    }
    return result;
  };
}

}  // namespace ridgeline::selection
