#pragma once
// What is wrong with a data set.

#include <string>
#include <vector>

#include "data/inspection/counts.hpp"
#include "data/inspection/duplicates.hpp"
#include "data/inspection/parts.hpp"

namespace ridgeline::data {

/// All that was found in the parts of a data set.
struct Inspection {
  std::vector<Part> parts;  ///< scanned
  std::vector<TargetCounts> targets;
  Duplicates duplicates;
  std::vector<Group> leaks;       ///< exact copies in parts of different roles
  std::vector<Group> near_leaks;  ///< images that look alike, in parts of different roles
  std::vector<Group> conflicts;   ///< exact copies with different targets
  std::vector<SplitGroup> split_groups;

  std::size_t images() const;
  std::size_t looked_at() const;
  std::size_t unreadable() const;
};
Inspection find_problems(std::vector<Part> parts);

/// Why this data cannot be used for training, in sentences: no image can be read, all images are of
/// one class, or more than one in a hundred cannot be read. Empty if it can be used.
std::vector<std::string> unusable(const Inspection& inspection);

/// An image to leave out.
struct LeaveOut {
  Place place;
  std::string remark;  ///< why
};
/// Images that cannot be read; all exact copies if their targets differ; and all other exact copies
/// except one: the first in the test part, else in the validation part, else in the training part.
/// With `near`, also training and validation images that look like one of a later part. In the
/// order of their places, each once.
std::vector<LeaveOut> leave_out(const Inspection& inspection, bool near = false);

}  // namespace ridgeline::data
