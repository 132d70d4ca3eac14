#pragma once
// A font of dots.

#include <array>
#include <cstdint>

namespace ridgeline::image {

/// Eight rows of five dots, from top to bottom; 16 is the leftmost dot of a row. The last row is
/// below the line.
using Glyph = std::array<std::uint8_t, 8>;

/// The letter of an ASCII character; an empty box for other bytes.
const Glyph& glyph_of(char character);

}  // namespace ridgeline::image
