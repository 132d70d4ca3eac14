#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "cli/inspection_output.hpp"
#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

constexpr std::size_t most_classes = 30, most_groups = 10, most_in_group = 6;
constexpr double uneven_from = 10;

using Rows = std::vector<std::vector<std::string>>;

std::string number_of_images(std::size_t images) {
  return counted(static_cast<std::int64_t>(images), "image");
}
std::string size_text(data::SizeCounts::Size size) {
  return fmt::format("{}x{}", size.first, size.second);
}

// "and 12 more: --json lists all"
std::string rest(std::size_t all, std::size_t shown) {
  return all > shown ? fmt::format("  and {} more: --json lists all\n", all - shown) : "";
}

class Text {
 public:
  Text(const data::Inspection& found, const Page& page) : found_(found), page_(page) {}

  std::string parts() const {
    std::string text;
    for (const data::Part& part : found_.parts) {
      const auto sizes = data::count_sizes(part.scan);
      const Shape shape = part.images.image_shape();
      std::string line = fmt::format("{}: {}", part.name, number_of_images(part.images.size()));
      if (shape.rank() > 0) line += " of " + shape.text();
      if (part.scan.looked_at < part.images.size()) {
        line += fmt::format(", {} of them looked at", part.scan.looked_at);
      }
      text += line + "\n";
      if (!sizes) continue;
      if (sizes->distinct > 1) {
        text +=
            fmt::format("  {} sizes (height x width): {} to {}, the median {}\n", sizes->distinct,
                        size_text(sizes->least), size_text(sizes->most), size_text(sizes->middle));
      } else if (shape.rank() == 0) {
        text += fmt::format("  all {} (height x width)\n", size_text(sizes->least));
      }
      text += formats(part.scan, *sizes);
    }
    return text;
  }

  std::string classes() const {
    Rows rows{{found_.parts[0].images.has_classes() ? "class" : "label"}};
    std::size_t names = 0;
    for (std::size_t p = 0; p < found_.parts.size(); ++p) {
      names = std::max(names, found_.targets[p].images.size());
      if (!found_.targets[p].images.empty()) rows[0].push_back(found_.parts[p].name);
    }
    if (names == 0) return {};
    for (std::size_t c = 0; c < names; ++c) {
      if (names > most_classes && c == most_classes - 1) {
        rows.push_back({"..."});
        c = names - 1;
      }
      auto& row = rows.emplace_back();
      for (std::size_t p = 0; p < found_.parts.size(); ++p) {
        const auto& images = found_.targets[p].images;
        if (images.empty()) continue;
        if (row.empty()) row.push_back(found_.parts[p].images.names()[c]);
        row.push_back(count(static_cast<std::int64_t>(images[c])));
      }
    }
    std::string text = "\n" + table(rows, page_);
    if (names > most_classes) text += fmt::format("{} in all: --json lists all\n", names);
    for (std::size_t p = 0; p < found_.parts.size(); ++p) {
      if (found_.targets[p].without == 0) continue;
      text += fmt::format("{} of {} have no label\n", number_of_images(found_.targets[p].without),
                          found_.parts[p].name);
    }
    return text + imbalance();
  }

  std::string values() const {
    Rows rows{{"value", "part", "min", "mean", "max"}};
    for (std::size_t p = 0; p < found_.parts.size(); ++p) {
      const auto& values = found_.targets[p].values;
      for (std::size_t k = 0; k < values.size(); ++k) {
        rows.push_back({found_.parts[p].images.names()[k], found_.parts[p].name,
                        number(values[k].least), number(values[k].mean), number(values[k].most)});
      }
    }
    return rows.size() > 1 ? "\n" + table(rows, page_) : "";
  }

  std::string channels() const {
    Rows rows{{"channel", "part", "mean", "std"}};
    for (const data::Part& part : found_.parts) {
      for (std::size_t c = 0; c < part.scan.mean.size(); ++c) {
        rows.push_back({std::to_string(c), part.name, fmt::format("{:.4f}", part.scan.mean[c]),
                        fmt::format("{:.4f}", part.scan.deviation[c])});
      }
    }
    return rows.size() > 1 ? "\n" + table(rows, page_) : "";
  }

  std::string unreadable() const {
    std::string text;
    std::size_t shown = 0;
    for (const data::Part& part : found_.parts) {
      for (const data::Unreadable& bad : part.scan.unreadable) {
        if (shown++ < most_groups) text += "  " + printable(bad.reason, page_.utf8) + "\n";
      }
    }
    if (text.empty()) return {};
    return fmt::format("\n{} cannot be read:\n{}{}", number_of_images(shown), text,
                       rest(shown, most_groups));
  }

  std::string groups(std::string_view title, const std::vector<data::Group>& groups) const {
    if (groups.empty()) return {};
    std::string text = fmt::format("\n{}\n", title);
    for (std::size_t g = 0; g < std::min(groups.size(), most_groups); ++g) {
      std::vector<std::string> names;
      for (std::size_t k = 0; k < std::min(groups[g].size(), most_in_group); ++k) {
        names.push_back(name(groups[g][k]));
      }
      if (groups[g].size() > most_in_group) {
        names.push_back(fmt::format("and {} more", groups[g].size() - most_in_group));
      }
      text += fmt::format("  {}\n", fmt::join(names, ", "));
    }
    return text + rest(groups.size(), most_groups);
  }

 private:
  static std::string formats(const data::Scan& scan, const data::SizeCounts& sizes) {
    std::vector<std::string> words;
    for (const auto& [format, images] : scan.formats) {
      words.push_back(fmt::format("{} {}", count(static_cast<std::int64_t>(images)), format));
    }
    for (const auto& [channels, images] : sizes.channels) {
      const auto what = channels == 1   ? std::string("grey")
                        : channels == 3 ? std::string("colour")
                                        : fmt::format("of {} channels", channels);
      words.push_back(fmt::format("{} {}", count(static_cast<std::int64_t>(images)), what));
    }
    return fmt::format("  {}\n", fmt::join(words, ", "));
  }

  std::string imbalance() const {
    const auto uneven = data::imbalance(found_.targets[0].images);
    if (!uneven || !found_.parts[0].images.has_classes()) return {};
    const auto& names = found_.parts[0].images.names();
    const std::string largest = printable(names[uneven->largest], page_.utf8),
                      smallest = printable(names[uneven->smallest], page_.utf8);
    if (std::isinf(uneven->ratio)) {
      return fmt::format("\"{}\" has no image in {}\n", smallest, found_.parts[0].name);
    }
    if (uneven->ratio <= 1) return {};
    std::string text = fmt::format(
        "The largest class, \"{}\", has {:.3g} times the images of the "
        "smallest, \"{}\".\n",
        largest, uneven->ratio, smallest);
    if (uneven->ratio > uneven_from) {
      text +=
          "That is very uneven: judge by the balanced accuracy or F1, and not by the accuracy.\n";
    }
    return text;
  }

  std::string name(data::Place place) const {
    return printable(found_.parts[place.part].images.name(place.image), page_.utf8) +
           (found_.parts.size() > 1 ? fmt::format(" ({})", found_.parts[place.part].name) : "");
  }

  const data::Inspection& found_;
  const Page& page_;
};

}  // namespace

std::vector<std::string> loud_sentences(const data::Inspection& found) {
  std::vector<std::string> sentences;
  const auto groups = [](std::size_t count) {
    return counted(static_cast<std::int64_t>(count), "image");
  };
  if (!found.leaks.empty()) {
    sentences.push_back(fmt::format(
        "LEAK: {} {} in several parts with the same pixels, so that measurements on them are too "
        "good: ridgeline data check --list FILE writes which to leave out",
        groups(found.leaks.size()), found.leaks.size() == 1 ? "is" : "are"));
  }
  if (!found.near_leaks.empty()) {
    sentences.push_back(fmt::format("LEAK? {} of one part look{} like one of another part",
                                    groups(found.near_leaks.size()),
                                    found.near_leaks.size() == 1 ? "s" : ""));
  }
  if (!found.split_groups.empty()) {
    sentences.push_back(
        fmt::format("LEAK: {} in several parts",
                    found.split_groups.size() == 1
                        ? std::string("1 group has images")
                        : fmt::format("{} groups have images", found.split_groups.size())));
  }
  for (const std::string& problem : data::unusable(found)) {
    sentences.push_back("UNUSABLE: " + problem);
  }
  if (!found.conflicts.empty()) {
    sentences.push_back(fmt::format("CONFLICT: {} {} there several times with different labels",
                                    groups(found.conflicts.size()),
                                    found.conflicts.size() == 1 ? "is" : "are"));
  }
  return sentences;
}

std::string inspection_text(const data::Inspection& found, const InspectedData& about,
                            const Page& page) {
  std::string out = fmt::format("{} from {}\n\n", about.source, printable(about.path, page.utf8));
  if (found.parts.empty()) return out + "UNUSABLE: there are no images\n";
  for (const std::string& sentence : loud_sentences(found)) out += sentence + "\n\n";
  const Text text(found, page);
  out += text.parts() + text.classes() + text.values() + text.channels() + text.unreadable();
  out += text.groups("Leaks: the same pixels in several parts", found.leaks);
  out += text.groups("Images that look like one of another part", found.near_leaks);
  out += text.groups("Conflicts: the same pixels with different labels", found.conflicts);
  // Groups in several parts were listed above.
  const auto inside = [&](std::vector<data::Group> groups) {
    std::erase_if(groups, [&](const data::Group& group) { return crosses(group, found.parts); });
    return groups;
  };
  out += text.groups("Copies: the same pixels", inside(found.duplicates.exact));
  out += text.groups(fmt::format("Images that look alike (at most {} of 64 bits of their "
                                 "difference hashes differ)",
                                 data::near_bits),
                     inside(found.duplicates.near));
  std::vector<data::Group> split;
  for (const data::SplitGroup& one : found.split_groups) split.push_back(one.first);
  out += text.groups("Groups with images in several parts, and their first images there", split);
  for (std::size_t i = 0; i < about.notes.size(); ++i) {
    out += (i == 0 ? "\n" : "") + printable(about.notes[i], page.utf8) + "\n";
  }
  return out;
}

}  // namespace ridgeline::cli
