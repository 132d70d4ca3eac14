#pragma once
// The list of images to leave out, as data.exclude reads it.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/inspection/findings.hpp"

namespace ridgeline::data {

struct ExcludeLines {
  std::string text;              ///< a name, a tab and the remark on each line
  std::size_t without_name = 0;  ///< images of CIFAR or IDX files, which have only numbers
};

/// Names begin with the name of the data's own folder or archive, so that the list still works when
/// the folder has moved. `roots` holds the path of each part's data.
ExcludeLines exclude_lines(const Inspection& inspection, std::span<const LeaveOut> list,
                           std::span<const std::filesystem::path> roots);

}  // namespace ridgeline::data
