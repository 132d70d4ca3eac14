#pragma once
// Images in memory as bytes, which need a quarter of the memory of floats. The thread that
// reads an image converts it.

#include <cstdint>
#include <vector>

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// Records of `stride` bytes. Each has an image's planes (NCHW) from byte `offset` on.
struct ByteRecords {
  std::vector<std::uint8_t> bytes;
  Shape shape;  ///< {channels, height, width}
  std::size_t offset = 0;
  std::size_t stride = 0;  ///< 0: one image directly follows another
};
std::shared_ptr<const SampleSource> byte_images(ByteRecords records);

/// "0", "1", ...: the names of classes that have none.
std::vector<std::string> numbered_names(std::int64_t classes);

}  // namespace ridgeline::data
