#pragma once
// Many images on one, each with words below it.

#include <span>
#include <string>
#include <vector>

#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// A grey or colour image, and the lines below it. A line that is too long is cut.
struct Tile {
  Image image;
  std::vector<std::string> lines;
};

/// The tiles in rows from left to right, on white: about as many rows as columns, at most `columns`
/// in a row. Small images are enlarged, so that the words can be read. No tiles give a blank sheet.
Image contact_sheet(std::span<const Tile> tiles, std::int64_t columns = 10);

}  // namespace ridgeline::image
