#pragma once
// Figures as SVG: panels side by side, each with lines, points and error bars, and one legend.

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace study {

struct Point {
  double x = 0, y = 0;
  double below = 0, above = 0;  ///< the lengths of its error bar; 0: none
};

struct Line {
  std::string label;  ///< in the legend; lines with the same label look the same
  std::vector<Point> points;
  bool joined = true, marked = true;
  bool dashed = false;  ///< also: hollow marks
  int colour = 0;       ///< one of eight that colour-blind readers can distinguish
};

struct Axis {
  static constexpr double automatic = std::numeric_limits<double>::quiet_NaN();
  std::string label;
  /// Powers of ten. A value of 0 is separate, left of the others (vertical: at the bottom).
  bool logarithmic = false;
  double low = automatic, high = automatic;
  /// Words instead of numbers, for the values 0, 1, .... On a vertical axis they go from top to
  /// bottom, and error bars are horizontal.
  std::vector<std::string> words = {};
};

struct Panel {
  std::string title;
  Axis x, y;
  std::vector<Line> lines;
};

struct Figure {
  std::string title;
  std::string note;  ///< under the title
  std::vector<Panel> panels;
  bool same_y = false;  ///< one range of the vertical axes for all panels
};

/// Throws ridgeline::ResourceError.
void write_svg(const std::filesystem::path& file, const Figure& figure);

}  // namespace study
