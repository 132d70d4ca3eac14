#include "data/inspection/duplicates.hpp"

#include <algorithm>

#include "data/inspection/near_groups.hpp"

namespace ridgeline::data {
namespace {

const ScannedImage& record_of(Place place, std::span<const Part> parts) {
  return parts[place.part].scan.images[place.image];
}

}  // namespace

Duplicates find_duplicates(std::span<const Part> parts) {
  std::vector<Place> places;
  for (std::uint32_t p = 0; p < parts.size(); ++p) {
    const auto& images = parts[p].scan.images;
    for (std::uint32_t i = 0; i < images.size(); ++i) {
      if (images[i].read()) places.push_back({p, i});
    }
  }
  const auto pixels = [&](Place place) { return record_of(place, parts).pixels; };
  std::ranges::stable_sort(places, {}, pixels);

  Duplicates found;
  std::vector<Place> firsts;  // the first of each set of equal images
  for (auto run = places.begin(); run != places.end();) {
    const auto end =
        std::find_if(run, places.end(), [&](Place place) { return pixels(place) != pixels(*run); });
    if (end - run > 1) found.exact.emplace_back(run, end);
    if (record_of(*run, parts).bytes) firsts.push_back(*run);
    run = end;
  }
  std::ranges::sort(found.exact);

  std::ranges::sort(firsts);
  std::vector<PerceptualHash> looks;
  looks.reserve(firsts.size());
  for (const Place place : firsts) looks.push_back(record_of(place, parts).look);
  for (const auto& alike : near_groups(looks)) {
    Group& group = found.near.emplace_back();
    for (const std::uint32_t i : alike) group.push_back(firsts[i]);
  }
  return found;
}

bool crosses(const Group& group, std::span<const Part> parts) {
  return std::ranges::any_of(
      group, [&](Place place) { return parts[place.part].role != parts[group.front().part].role; });
}

bool contradicts(const Group& group, std::span<const Part> parts) {
  Target first;
  for (const Place place : group) {
    const Target target = parts[place.part].images.target(place.image);
    if (std::holds_alternative<std::monostate>(target)) continue;
    if (std::holds_alternative<std::monostate>(first)) first = target;
    if (target != first) return true;
  }
  return false;
}

}  // namespace ridgeline::data
