#include <nlohmann/json.hpp>

#include "cli/inspection_output.hpp"
#include "cli/results.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;

ordered_json place_json(const data::Inspection& found, data::Place place) {
  const data::Part& part = found.parts[place.part];
  const std::string label =
      data::target_text(part.images.target(place.image), part.images.schema());
  return {{"part", part.name},
          {"image", part.images.name(place.image)},
          {"label", label.empty() ? ordered_json(nullptr) : ordered_json(label)}};
}

ordered_json groups_json(const data::Inspection& found, const std::vector<data::Group>& groups) {
  auto list = ordered_json::array();
  for (const data::Group& group : groups) {
    auto& places = list.emplace_back(ordered_json::array());
    for (const data::Place place : group) places.push_back(place_json(found, place));
  }
  return list;
}

ordered_json sizes_json(const data::Scan& scan) {
  const auto sizes = data::count_sizes(scan);
  if (!sizes) return nullptr;
  const auto pair = [](data::SizeCounts::Size size) {
    return ordered_json::array({size.first, size.second});
  };
  return {{"min", pair(sizes->least)},
          {"median", pair(sizes->middle)},
          {"max", pair(sizes->most)},
          {"distinct", sizes->distinct}};
}

ordered_json targets_json(const data::Part& part, const data::TargetCounts& counts) {
  const auto& names = part.images.names();
  ordered_json json = ordered_json::object();
  if (!counts.images.empty()) {
    auto& list = json[part.images.has_classes() ? "classes" : "labels"] = ordered_json::array();
    for (std::size_t i = 0; i < counts.images.size(); ++i) {
      list.push_back({{"name", names[i]}, {"images", counts.images[i]}});
    }
  }
  if (part.images.schema().task == "multi-label") json["without_labels"] = counts.without;
  if (!counts.values.empty()) {
    auto& list = json["values"] = ordered_json::array();
    for (std::size_t i = 0; i < counts.values.size(); ++i) {
      const auto& range = counts.values[i];
      list.push_back(
          {{"name", names[i]}, {"min", range.least}, {"mean", range.mean}, {"max", range.most}});
    }
  }
  return json;
}

ordered_json part_json(const data::Part& part, const data::TargetCounts& counts) {
  const data::Scan& scan = part.scan;
  const Shape shape = part.images.image_shape();
  ordered_json json{{"images", part.images.size()},
                    {"looked_at", scan.looked_at},
                    {"shape", shape.rank() > 0 ? ordered_json(shape.dims()) : nullptr},
                    {"task", part.images.schema().task}};
  json.update(targets_json(part, counts));
  json["sizes"] = sizes_json(scan);
  auto& channels = json["channels"] = ordered_json::object();
  if (const auto sizes = data::count_sizes(scan)) {
    for (const auto& [number, images] : sizes->channels) channels[std::to_string(number)] = images;
  }
  json["formats"] = scan.formats;
  json["mean"] = scan.mean;
  json["std"] = scan.deviation;
  auto& bad = json["unreadable"] = ordered_json::array();
  for (const data::Unreadable& one : scan.unreadable) {
    bad.push_back({{"image", part.images.name(one.image)}, {"reason", one.reason}});
  }
  return json;
}

ordered_json imbalance_json(const data::Inspection& found) {
  if (found.parts.empty() || !found.parts[0].images.has_classes()) return nullptr;
  const auto uneven = data::imbalance(found.targets[0].images);
  if (!uneven) return nullptr;
  const auto& names = found.parts[0].images.names();
  return {{"largest", names[uneven->largest]},
          {"smallest", names[uneven->smallest]},
          {"ratio", finite(uneven->ratio)}};
}

}  // namespace

ordered_json inspection_json(const data::Inspection& found, const InspectedData& about) {
  ordered_json json{{"source", about.source}, {"path", about.path}};
  const auto problems = data::unusable(found);
  json["usable"] = problems.empty();
  json["problems"] = problems;
  for (const char* name : {"train", "validation", "test"}) json[name] = nullptr;
  for (std::size_t p = 0; p < found.parts.size(); ++p) {
    json[found.parts[p].name] = part_json(found.parts[p], found.targets[p]);
  }
  json["imbalance"] = imbalance_json(found);
  json["leaks"] = groups_json(found, found.leaks);
  json["near_leaks"] = groups_json(found, found.near_leaks);
  json["conflicts"] = groups_json(found, found.conflicts);
  json["duplicates"] = {{"exact", groups_json(found, found.duplicates.exact)},
                        {"near", groups_json(found, found.duplicates.near)},
                        {"near_threshold",
                         {{"coarse_bits", data::near_bits},
                          {"fine_share", data::near_share},
                          {"levels", data::near_levels}}}};
  auto& split = json["groups_on_two_sides"] = ordered_json::array();
  for (const data::SplitGroup& one : found.split_groups) {
    auto& places = split.emplace_back(ordered_json::array());
    for (const data::Place place : one.first) places.push_back(place_json(found, place));
  }
  json["notes"] = about.notes;
  return json;
}

}  // namespace ridgeline::cli
