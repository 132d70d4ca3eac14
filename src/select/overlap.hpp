#pragma once
// Test images that training has seen: they make the test score too good.

#include <cstddef>

#include "ridgeline/dataset.hpp"

namespace ridgeline::selection {

/// Throws UsageError if a test image is a training image: the same sample of a source, or the same
/// file.
void refuse_test_images(const Dataset& train, const Dataset& test);

/// How many test images have the bytes of a training image. Images are not read for it: 0 unless
/// both sets are in memory.
std::size_t count_copies(const Dataset& train, const Dataset& test);

/// How many test images are of a group of training images. Both sets must have been made together:
/// the groups of other sources have other numbers.
std::size_t count_in_groups(const Dataset& train, const Dataset& test);

}  // namespace ridgeline::selection
