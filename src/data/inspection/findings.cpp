#include "data/inspection/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ridgeline::data {
namespace {

const Part& part_of(const Inspection& inspection, Place place) {
  return inspection.parts[place.part];
}

std::string name_of(const Inspection& inspection, Place place) {
  return part_of(inspection, place).images.name(place.image);
}

// The image of the group that is not left out.
Place keeper(const Inspection& inspection, const Group& group) {
  return *std::ranges::max_element(group, {},
                                   [&](Place place) { return part_of(inspection, place).role; });
}

std::string conflict_remark(const Inspection& inspection, const Group& group, Place place) {
  const auto label = [&](Place at) {
    const Dataset& images = part_of(inspection, at).images;
    return target_text(images.target(at.image), images.schema());
  };
  const std::string own = label(place);
  const auto other =
      std::ranges::find_if(group, [&](Place at) { return at != place && label(at) != own; });
  return other == group.end() ? "a copy of an image whose copies have different targets"
                              : fmt::format("is called {}, and its copy {} is called {}", own,
                                            name_of(inspection, *other), label(*other));
}

}  // namespace

std::size_t Inspection::images() const {
  std::size_t count = 0;
  for (const Part& part : parts) count += part.images.size();
  return count;
}
std::size_t Inspection::looked_at() const {
  std::size_t count = 0;
  for (const Part& part : parts) count += part.scan.looked_at;
  return count;
}
std::size_t Inspection::unreadable() const {
  std::size_t count = 0;
  for (const Part& part : parts) count += part.scan.unreadable.size();
  return count;
}

Inspection find_problems(std::vector<Part> parts) {
  Inspection found{.parts = std::move(parts)};
  for (const Part& part : found.parts) found.targets.push_back(count_targets(part.images));
  found.duplicates = find_duplicates(found.parts);
  const auto crossing = [&](const Group& group) { return crosses(group, found.parts); };
  std::ranges::copy_if(found.duplicates.exact, std::back_inserter(found.leaks), crossing);
  std::ranges::copy_if(found.duplicates.near, std::back_inserter(found.near_leaks), crossing);
  std::ranges::copy_if(found.duplicates.exact, std::back_inserter(found.conflicts),
                       [&](const Group& group) { return contradicts(group, found.parts); });
  found.split_groups = split_groups(found.parts);
  return found;
}

std::vector<std::string> unusable(const Inspection& inspection) {
  std::vector<std::string> reasons;
  const std::size_t looked_at = inspection.looked_at(), bad = inspection.unreadable();
  if (inspection.images() == 0) {
    reasons.emplace_back("there are no images");
  } else if (bad == looked_at) {
    reasons.emplace_back("no image can be read");
  } else if (bad > (looked_at + 99) / 100) {  // as in ErrorLog
    reasons.push_back(
        fmt::format("{} of {} images cannot be read, and training continues with 1 % "
                    "at most: repair them, or leave them out with data.exclude",
                    bad, looked_at));
  }
  for (std::size_t p = 0; p < inspection.parts.size(); ++p) {
    const Part& part = inspection.parts[p];
    if (part.role != Role::train || !part.images.has_classes() || part.images.empty()) continue;
    const auto& images = inspection.targets[p].images;
    if (std::ranges::count_if(images, [](std::size_t count) { return count > 0; }) == 1) {
      reasons.push_back(fmt::format(
          "all images of {} are of one class, which leaves nothing to learn", part.name));
    }
  }
  return reasons;
}

std::vector<LeaveOut> leave_out(const Inspection& inspection, bool near) {
  std::map<Place, std::string> remarks;  // the first remark on an image stays
  for (std::uint32_t p = 0; p < inspection.parts.size(); ++p) {
    for (const Unreadable& bad : inspection.parts[p].scan.unreadable) {
      const Place place{p, static_cast<std::uint32_t>(bad.image)};
      // The list already names the image.
      const std::string name = name_of(inspection, place) + ": ";
      remarks.emplace(place,
                      bad.reason.starts_with(name) ? bad.reason.substr(name.size()) : bad.reason);
    }
  }
  for (const Group& group : inspection.conflicts) {
    for (const Place place : group) {
      remarks.emplace(place, conflict_remark(inspection, group, place));
    }
  }
  const auto add_copies = [&](const Group& group, std::string_view what, bool across_only) {
    const Place kept = keeper(inspection, group);
    for (const Place place : group) {
      const bool leak = part_of(inspection, place).role != part_of(inspection, kept).role;
      if (place == kept || (across_only && !leak)) continue;
      remarks.emplace(
          place, fmt::format("{}{} {}", leak ? "leak: " : "", what, name_of(inspection, kept)));
    }
  };
  for (const Group& group : inspection.duplicates.exact) {
    if (!contradicts(group, inspection.parts)) add_copies(group, "a copy of", false);
  }
  if (near) {
    for (const Group& group : inspection.near_leaks) add_copies(group, "looks like", true);
  }
  std::vector<LeaveOut> list;
  for (auto& [place, remark] : remarks) list.push_back({place, std::move(remark)});
  return list;
}

}  // namespace ridgeline::data
