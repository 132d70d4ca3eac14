#pragma once
// A small drawing surface of characters: lines of braille dots (2 x 4 a character), or of full
// stops if the terminal has only ASCII.

#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::selection {

/// How a terminal with colours writes a character.
enum class Ink { plain, faint, strong, accent };

/// `text` in that ink; as it is without colours.
std::string inked(std::string_view text, Ink ink, bool colours);

struct CanvasOptions {
  int columns = 66;
  int rows = 16;
  bool utf8 = true;
  bool colours = false;
};

struct Point {
  double x, y;  ///< in characters, from the middle of the top left one
};

class Canvas {
 public:
  explicit Canvas(const CanvasOptions& options);

  /// Draws every `gap`th dot of a straight line. Dots outside are left out.
  void line(Point from, Point to, Ink ink, int gap = 1);
  /// Draws a character over everything else, or `ascii` in a terminal without Unicode. A character
  /// outside is left out.
  void mark(int column, int row, std::string_view character, char ascii, Ink ink);
  /// A row, without blanks at its end.
  std::string row(int row) const;

 private:
  struct Cell {
    unsigned dots = 0;  // braille's bits
    std::string mark;   // a character that covers them
    Ink ink = Ink::plain;
  };
  Cell* at(int column, int row);

  CanvasOptions options_;
  std::vector<Cell> cells_;
};

}  // namespace ridgeline::selection
