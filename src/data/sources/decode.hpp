#pragma once
// The one place where sources decode image files.

#include <cstdint>
#include <span>
#include <string_view>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// What `choose` asks for of the image in the bytes of a file. Throws DataError that begins with
/// `name`.
void decode_file(std::span<const std::uint8_t> bytes, const SampleSource::Choose& choose,
                 std::string_view name, DecodedImage& to);
/// {channels, height, width} of the image, from its header. Throws as decode_file does.
Shape shape_of_file(std::span<const std::uint8_t> bytes, std::string_view name);

}  // namespace ridgeline::data
