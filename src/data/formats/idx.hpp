#pragma once
// IDX files (LeCun, Cortes and Burges's MNIST page): big-endian numbers 0x00000803, count, height,
// width, then the pixels; 0x00000801, count, then the labels. Plain or gzipped.

#include <filesystem>
#include <string>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// The names of the training images that a folder of IDX files may have.
std::vector<std::string> idx_markers();

struct IdxOptions {
  std::vector<std::string> names;  ///< of the classes; none: numbers, up to the largest label
  bool test_required = true;
};

/// train-images-idx3-ubyte, train-labels-idx1-ubyte and the same of t10k in `folder`, also with a
/// dot for the second hyphen and with .gz. Throws DataError with file and byte.
TrainTest read_idx(const std::filesystem::path& folder, const IdxOptions& options);

}  // namespace ridgeline::data
