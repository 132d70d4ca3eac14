#include "data/inspection/counts.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace ridgeline::data {
namespace {

void add_values(const std::vector<float>& values, TargetCounts& counts) {
  if (counts.values.empty()) {
    for (const float value : values) counts.values.push_back({value, 0, value});
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    TargetCounts::Range& range = counts.values[k];
    range.least = std::min(range.least, static_cast<double>(values[k]));
    range.most = std::max(range.most, static_cast<double>(values[k]));
    range.mean += values[k];
  }
}

}  // namespace

TargetCounts count_targets(const Dataset& data) {
  TargetCounts counts;
  const std::string& task = data.schema().task;
  if (task == "classify" || task == "multi-label") counts.images.resize(data.names().size());
  for (std::size_t i = 0; data.has_targets() && i < data.size(); ++i) {
    if (task == "classify") {
      ++counts.images[static_cast<std::size_t>(data.label(i))];
      continue;
    }
    const Target target = data.target(i);
    const auto* values = std::get_if<std::vector<float>>(&target);
    if (!values) continue;
    if (task != "multi-label") {
      add_values(*values, counts);
      continue;
    }
    bool any = false;
    for (std::size_t k = 0; k < values->size(); ++k) {
      if ((*values)[k] < 0.5f) continue;
      ++counts.images[k];
      any = true;
    }
    if (!any) ++counts.without;
  }
  for (TargetCounts::Range& range : counts.values) range.mean /= static_cast<double>(data.size());
  return counts;
}

std::optional<Imbalance> imbalance(const std::vector<std::size_t>& images) {
  if (images.size() < 2) return std::nullopt;
  const auto [smallest, largest] = std::ranges::minmax_element(images);
  if (*largest == 0) return std::nullopt;
  return Imbalance{static_cast<std::size_t>(largest - images.begin()),
                   static_cast<std::size_t>(smallest - images.begin()),
                   *smallest == 0 ? std::numeric_limits<double>::infinity()
                                  : static_cast<double>(*largest) / static_cast<double>(*smallest)};
}

std::optional<SizeCounts> count_sizes(const Scan& scan) {
  SizeCounts counts;
  std::vector<SizeCounts::Size> sizes;
  for (const ScannedImage& image : scan.images) {
    if (!image.read()) continue;
    sizes.emplace_back(image.height, image.width);
    ++counts.channels[image.channels];
  }
  if (sizes.empty()) return std::nullopt;
  std::ranges::sort(sizes, {}, [](const SizeCounts::Size& size) {
    return std::pair(std::int64_t{size.first} * size.second, size.first);
  });
  counts.least = sizes.front();
  counts.middle = sizes[sizes.size() / 2];
  counts.most = sizes.back();
  const auto repeated = std::ranges::unique(sizes);
  counts.distinct = static_cast<std::size_t>(repeated.begin() - sizes.begin());
  return counts;
}

std::vector<SplitGroup> split_groups(const std::vector<Part>& parts) {
  std::map<std::int64_t, std::map<Role, Place>> groups;
  for (std::uint32_t p = 0; p < parts.size(); ++p) {
    const Dataset& images = parts[p].images;
    for (std::uint32_t i = 0; images.grouped() && i < images.size(); ++i) {
      const std::int64_t group = images.group(i);
      if (group >= 0) groups[group].emplace(parts[p].role, Place{p, i});
    }
  }
  std::vector<SplitGroup> split;
  for (const auto& [group, places] : groups) {
    if (places.size() < 2) continue;
    SplitGroup& one = split.emplace_back(SplitGroup{group, {}});
    for (const auto& [role, place] : places) one.first.push_back(place);
  }
  return split;
}

}  // namespace ridgeline::data
