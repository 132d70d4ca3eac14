#pragma once
// A file that says to which fold each training image belongs.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::selection {

inline constexpr std::size_t most_listed_folds = 1000;

/// A table (CSV, TSV or JSON lines) with the columns `image` (or a usual name of a path) and
/// `fold`. An image is a whole SampleSource::name or its end after any '/', or the number of an
/// image without a name. A fold is a whole number or a name; in an empty one, and in fold -1 (as in
/// scikit-learn's PredefinedSplit), images are for training in every fold. Each training image
/// needs a row.
class FoldFile {
 public:
  /// Throws DataError for a file that cannot be read as such a table; for a row whose image is a
  /// test image, none of the training images, several of them, or in another row; for a training
  /// image without a row; and for folds without training images inside or outside.
  FoldFile(const std::filesystem::path& file, const Dataset& train, const Dataset& test);

  /// A split for each fold that has some of these images, in the order of the folds: numbers by
  /// their values, else by name. `images`: of `train`'s source.
  std::vector<Split> splits(const Dataset& images) const;

 private:
  std::string file_;
  std::size_t folds_ = 0;
  std::vector<std::int32_t> fold_of_;  // by Dataset::id; -1: for training in every fold
};

}  // namespace ridgeline::selection
