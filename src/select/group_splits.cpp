#include "select/group_splits.hpp"

#include <fmt/format.h>

#include <numeric>
#include <unordered_map>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

/// The group of each image, numbered in the order of first images, and the number of groups.
std::pair<std::vector<std::size_t>, std::size_t> numbered_groups(const Dataset& images) {
  std::unordered_map<std::int64_t, std::size_t> numbers;
  std::vector<std::size_t> group_of;
  std::size_t groups = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::int64_t id = images.group(i);
    const std::size_t number = id < 0 ? groups : numbers.emplace(id, groups).first->second;
    if (number == groups) ++groups;
    group_of.push_back(number);
  }
  return {std::move(group_of), groups};
}

/// How many choices of `leave` out of `groups` there are, or a number above `most`.
double choices(std::size_t groups, std::size_t leave, double most) {
  double count = 1;
  leave = std::min(leave, groups - leave);
  for (std::size_t k = 1; k <= leave && count <= most; ++k) {
    count *= static_cast<double>(groups - leave + k) / static_cast<double>(k);
  }
  return count;
}

/// The next choice in lexicographic order; false after the last one.
bool advance(std::vector<std::size_t>& chosen, std::size_t groups) {
  for (std::size_t k = chosen.size(); k-- > 0;) {
    if (chosen[k] == groups - chosen.size() + k) continue;
    std::iota(chosen.begin() + static_cast<std::ptrdiff_t>(k), chosen.end(), chosen[k] + 1);
    return true;
  }
  return false;
}

}  // namespace

std::vector<Split> leave_groups_out(const Dataset& images, int leave) {
  if (!images.grouped()) {
    throw UsageError(
        "select.split = leave-groups-out needs groups of images: name them by data.groups");
  }
  const auto [group_of, groups] = numbered_groups(images);
  const auto left = static_cast<std::size_t>(leave);
  if (groups <= left) {
    throw UsageError(fmt::format(
        "select.leave_groups = {} of {} group{} leaves no images to train on: it needs at least {} "
        "groups",
        leave, groups, groups == 1 ? "" : "s", left + 1));
  }
  if (choices(groups, left, most_group_folds) > most_group_folds) {
    throw UsageError(
        fmt::format("select.split = leave-groups-out makes more than {} folds of {} groups: "
                    "select.split = stratified divides them into select.folds sets of whole groups",
                    most_group_folds, groups));
  }
  std::vector<Split> splits;
  std::vector<std::size_t> chosen(left);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  do {
    std::vector<bool> is_out(groups);
    for (const std::size_t group : chosen) is_out[group] = true;
    std::vector<std::size_t> in, out;
    for (std::size_t i = 0; i < images.size(); ++i) (is_out[group_of[i]] ? out : in).push_back(i);
    splits.push_back({images.subset(in), images.subset(out)});
  } while (advance(chosen, groups));
  return splits;
}

}  // namespace ridgeline::selection
