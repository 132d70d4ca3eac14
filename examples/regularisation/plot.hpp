#pragma once
// Figures as SVG: panels side by side, each with lines, points and error bars, under one legend.

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace study {

struct Point {
  double x = 0, y = 0;
  double below = 0, above = 0;  ///< how far its error bar reaches; 0: there is none
};

struct Line {
  std::string label;  ///< in the legend; lines of one label look alike in all panels
  std::vector<Point> points;
  bool joined = true, marked = true;
  bool dashed = false;  ///< also: hollow marks
  int colour = 0;       ///< one of eight that colour-blind readers tell apart
};

struct Axis {
  static constexpr double automatic = std::numeric_limits<double>::quiet_NaN();
  std::string label;
  /// Powers of ten. A value of 0 stands apart, left of the others (vertical: at the bottom).
  bool logarithmic = false;
  double low = automatic, high = automatic;
  /// Words instead of numbers, for the values 0, 1, ...; vertical: from the top, and error bars are
  /// then horizontal.
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
