#pragma once
// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning multiple layers of features
// from tiny images", 2009): records of one label byte (CIFAR-100: coarse, then fine) and 3072
// pixels, the planes red, green and blue of 32x32 each.

#include <filesystem>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// data_batch_1.bin .. data_batch_5.bin and test_batch.bin of `folder`; class names from
/// batches.meta.txt if it exists. Throws DataError with file and byte.
TrainTest read_cifar10(const std::filesystem::path& folder);

/// train.bin and test.bin of `folder`, by their fine labels; class names from
/// fine_label_names.txt if it exists, else numbers. Throws DataError with file and byte.
TrainTest read_cifar100(const std::filesystem::path& folder);

}  // namespace ridgeline::data
