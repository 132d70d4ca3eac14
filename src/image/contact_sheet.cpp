#include "image/contact_sheet.hpp"

#include <algorithm>
#include <cmath>

#include "image/draw.hpp"

namespace ridgeline::image {
namespace {

constexpr Colour white{255, 255, 255};
constexpr std::int64_t gap = 8, least_width = 112, large_text_from = 260;

struct Layout {
  std::int64_t times = 1;              // by how much images are enlarged
  std::int64_t height = 0, width = 0;  // of the largest image, enlarged
  std::int64_t lines = 0, scale = 1;
  std::int64_t text_height() const { return lines * letter_height * scale; }
};

Layout layout_of(std::span<const Tile> tiles) {
  Layout layout;
  for (const Tile& tile : tiles) {
    layout.height = std::max(layout.height, tile.image.height);
    layout.width = std::max(layout.width, tile.image.width);
    layout.lines = std::max(layout.lines, static_cast<std::int64_t>(tile.lines.size()));
  }
  if (layout.width > 0) layout.times = (least_width + layout.width - 1) / layout.width;
  layout.height *= layout.times;
  layout.width = std::max(least_width, layout.width * layout.times);
  layout.scale = layout.width >= large_text_from ? 2 : 1;
  return layout;
}

}  // namespace

Image contact_sheet(std::span<const Tile> tiles, std::int64_t columns) {
  const Layout layout = layout_of(tiles);
  const auto count = std::max<std::int64_t>(1, static_cast<std::int64_t>(tiles.size()));
  const auto square = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  columns = std::clamp<std::int64_t>(columns, 1, square);
  const std::int64_t rows = (count + columns - 1) / columns;
  const std::int64_t across = layout.width + gap,
                     down = layout.height + layout.text_height() + 2 * gap;
  Image sheet = canvas(rows * down + gap, columns * across + gap, white);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t left = gap + at % columns * across, top = gap + at / columns * down;
    const Image large = enlarge(tiles[i].image, layout.times);
    // Images are in the middle, above their words.
    paste(sheet, large, left + (layout.width - large.width) / 2,
          top + layout.height - large.height);
    std::int64_t line_top = top + layout.height + gap / 2;
    for (const std::string& line : tiles[i].lines) {
      draw_text(sheet, left, line_top,
                cut_to_letters(line, layout.width / (letter_width * layout.scale)),
                {.scale = layout.scale});
      line_top += letter_height * layout.scale;
    }
  }
  return sheet;
}

}  // namespace ridgeline::image
