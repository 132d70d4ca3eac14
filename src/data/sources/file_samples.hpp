#pragma once
// Samples whose images are files of a tree, with their targets in columns.

#include <cstdint>
#include <memory>
#include <vector>

#include "data/sources/file_tree.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// A column is empty if no sample has such a value. Otherwise it has an entry for each sample.
struct SampleColumns {
  TargetSchema schema;
  std::vector<std::uint32_t> files;   ///< indices into the tree's list
  std::vector<std::int32_t> classes;  ///< "classify"
  /// "multi-label": the labels of sample i are labels[label_ends[i - 1] .. label_ends[i]).
  std::vector<std::uint32_t> label_ends;
  std::vector<std::int32_t> labels;
  std::vector<float> values;  ///< "regress": as many for each sample as the schema has names
  std::vector<float> weights;
  std::vector<std::int32_t> groups;
};

std::shared_ptr<const SampleSource> file_samples(std::shared_ptr<const FileTree> tree,
                                                 SampleColumns columns);

}  // namespace ridgeline::data
