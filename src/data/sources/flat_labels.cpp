#include "data/sources/flat_labels.hpp"

#include <fmt/format.h>

#include "data/sources/class_names.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {

std::string_view without_extension(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

std::optional<FlatLabels> flat_labels(const FileTree& tree, std::string_view part) {
  const auto file = find_list(tree, part, {"val_annotations.txt", "LOC_val_solution.csv"});
  if (!file) return std::nullopt;
  FlatLabels labels{tree.name(*file), {}};
  const std::vector<std::uint8_t> bytes = tree.read(*file);
  std::size_t number = 0;
  for (const std::string& line :
       lines_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()})) {
    ++number;
    if (line.empty() || line.starts_with("ImageId,")) continue;
    const std::size_t end = line.find_first_of("\t,");
    if (end == std::string::npos) {
      throw DataError(
          fmt::format("{}:{}: has no class after the image's name", labels.file, number));
    }
    const std::size_t last = line.find_first_of("\t ,", end + 1);
    labels.classes.emplace(without_extension(line.substr(0, end)),
                           line.substr(end + 1, last - end - 1));
  }
  return labels;
}

}  // namespace ridgeline::data
