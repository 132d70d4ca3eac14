#include "data/inspection/exclude_lines.hpp"

#include <algorithm>

namespace ridgeline::data {
namespace {

// A line end or a tab would end the remark or the name.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string listed_name(const std::string& name, const std::filesystem::path& root) {
  std::string folder = root.string();
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (!name.starts_with(folder + "/")) return name;
  const std::string own = std::filesystem::path(folder).filename().string();
  const std::string inside = name.substr(folder.size() + 1);
  return own.empty() || own == "." || own == ".." ? inside : own + "/" + inside;
}

}  // namespace

ExcludeLines exclude_lines(const Inspection& inspection, std::span<const LeaveOut> list,
                           std::span<const std::filesystem::path> roots) {
  ExcludeLines lines;
  for (const LeaveOut& one : list) {
    const Dataset& images = inspection.parts[one.place.part].images;
    const std::string name = images.name(one.place.image);
    // SampleSource::name gives such names to images that do not have a file each.
    const bool numbered = name == "image " + std::to_string(images.id(one.place.image));
    if (numbered || one_line(name) != name) {
      ++lines.without_name;
      continue;
    }
    lines.text += listed_name(name, roots[one.place.part]) + "\t" + one_line(one.remark) + "\n";
  }
  return lines;
}

}  // namespace ridgeline::data
