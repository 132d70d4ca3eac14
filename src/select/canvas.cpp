#include "select/canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ridgeline::selection {
namespace {

// Unicode's order of the eight dots: by column, but the fourth row last.
constexpr unsigned dot_bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

std::string braille(unsigned bits) {
  const unsigned code = 0x2800 + bits;
  return {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

}  // namespace

std::string inked(std::string_view text, Ink ink, bool colours) {
  static constexpr const char* codes[] = {"", "2", "1", "36"};
  if (!colours || ink == Ink::plain || text.empty()) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", codes[static_cast<int>(ink)], text);
}

Canvas::Canvas(const CanvasOptions& options)
    : options_(options), cells_(static_cast<std::size_t>(options.columns * options.rows)) {}

Canvas::Cell* Canvas::at(int column, int row) {
  if (column < 0 || row < 0 || column >= options_.columns || row >= options_.rows) return nullptr;
  return &cells_[static_cast<std::size_t>(row * options_.columns + column)];
}

void Canvas::line(Point from, Point to, Ink ink, int gap) {
  const auto dot = [](double position, int per_character) {
    return static_cast<int>(std::floor((position + 0.5) * per_character));
  };
  const int x0 = dot(from.x, 2), x1 = dot(to.x, 2), y0 = dot(from.y, 4), y1 = dot(to.y, 4);
  const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
  for (int s = 0; s <= steps; s += gap) {
    const int x = x0 + static_cast<int>(std::lround(static_cast<double>(s) / steps * (x1 - x0)));
    const int y = y0 + static_cast<int>(std::lround(static_cast<double>(s) / steps * (y1 - y0)));
    if (x < 0 || y < 0) continue;
    Cell* cell = at(x / 2, y / 4);
    if (cell == nullptr) continue;
    cell->dots |= dot_bits[y % 4][x % 2];
    if (cell->mark.empty()) cell->ink = ink;
  }
}

void Canvas::mark(int column, int row, std::string_view character, char ascii, Ink ink) {
  Cell* cell = at(column, row);
  if (cell == nullptr) return;
  cell->mark = options_.utf8 ? std::string(character) : std::string(1, ascii);
  cell->ink = ink;
}

std::string Canvas::row(int row) const {
  std::string text, blanks;
  for (int column = 0; column < options_.columns; ++column) {
    const Cell& cell = cells_[static_cast<std::size_t>(row * options_.columns + column)];
    if (cell.mark.empty() && cell.dots == 0) {
      blanks += ' ';
      continue;
    }
    const std::string dots = options_.utf8 ? braille(cell.dots) : ".";
    text += blanks + inked(cell.mark.empty() ? dots : cell.mark, cell.ink, options_.colours);
    blanks.clear();
  }
  return text;
}

}  // namespace ridgeline::selection
