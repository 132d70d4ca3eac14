#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <ridgeline/error.hpp>

#include "scale.hpp"

namespace study {
namespace {

// Okabe and Ito's colours, without the yellow.
constexpr std::array<const char*, 8> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#56b4e9", "#e69f00", "#444444", "#8c564b"};
constexpr double panel_width = 330, least_height = 260, gap = 30, right = 20, letter = 6.4,
                 row = 20;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

// The number of characters: all bytes except those that continue one.
double width_of(const std::string& text) {
  return letter * static_cast<double>(
                      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

class Drawing {
 public:
  void line(Point from, Point to, const std::string& style) {
    svg_ += "<line x1='" + number(from.x) + "' y1='" + number(from.y) + "' x2='" + number(to.x) +
            "' y2='" + number(to.y) + "' " + style + "/>\n";
  }
  void text(Point at, const std::string& words, const std::string& style) {
    svg_ += "<text x='" + number(at.x) + "' y='" + number(at.y) + "' " + style + '>' +
            escaped(words) + "</text>\n";
  }
  void polyline(const std::vector<Point>& points, const std::string& style) {
    svg_ += "<polyline fill='none' " + style + " points='";
    for (const Point& p : points) svg_ += number(p.x) + ',' + number(p.y) + ' ';
    svg_.back() = '\'';
    svg_ += "/>\n";
  }
  void mark(Point at, const std::string& colour, bool hollow) {
    svg_ += "<circle cx='" + number(at.x) + "' cy='" + number(at.y) + "' r='3.5' fill='" +
            (hollow ? "white" : colour) + "' stroke='" + colour + "' stroke-width='1.5'/>\n";
  }
  std::string page(double width, double height) const {
    return "<svg xmlns='http://www.w3.org/2000/svg' width='" + number(width) + "' height='" +
           number(height) + "' viewBox='0 0 " + number(width) + ' ' + number(height) +
           "' font-family='Helvetica, Arial, sans-serif' font-size='12' fill='#222222'>\n" +
           "<rect width='100%' height='100%' fill='white'/>\n" + svg_ + "</svg>\n";
  }

 private:
  std::string svg_;
};

std::string colour_of(const Line& line) {
  return colours[static_cast<std::size_t>(line.colour) % colours.size()];
}
std::string stroke_of(const Line& line) {
  return "stroke='" + colour_of(line) + "' stroke-width='1.8'" +
         (line.dashed ? " stroke-dasharray='5 3'" : "");
}

// Everything that an axis must cover, with the ends of error bars.
std::vector<double> values(const Panel& panel, bool horizontal) {
  const bool barred = horizontal != panel.y.words.empty();
  std::vector<double> all;
  for (const Line& line : panel.lines) {
    for (const Point& p : line.points) {
      const double value = horizontal ? p.x : p.y;
      all.push_back(value);
      if (!barred) continue;
      all.push_back(value - p.below);
      all.push_back(value + p.above);
    }
  }
  return all;
}

// The height that a line of text for each word needs.
double height_of(const Panel& panel) {
  return std::max(least_height, row * static_cast<double>(panel.y.words.size()));
}

// Draws the inside of a panel and the text around it.
class PanelDrawing {
 public:
  // `y_values`: what the vertical axis must cover.
  PanelDrawing(Drawing& drawing, const Panel& panel, const std::vector<double>& y_values,
               Point corner)
      : drawing_(drawing),
        panel_(panel),
        corner_(corner),
        x_(panel.x, values(panel, true), corner.x, corner.x + panel_width),
        y_(panel.y, y_values, corner.y + height_of(panel), corner.y) {}

  void draw() {
    axes();
    for (const Line& line : panel_.lines) draw(line);
  }

 private:
  void axes() {
    const double bottom = corner_.y + height_of(panel_), middle = corner_.x + panel_width / 2;
    const std::string grid = "stroke='#e4e4e4'", axis = "stroke='#222222'";
    for (const Tick& tick : x_.ticks()) {
      drawing_.line({tick.at, corner_.y}, {tick.at, bottom}, grid);
      drawing_.line({tick.at, bottom}, {tick.at, bottom + 4}, axis);
      drawing_.text({tick.at, bottom + 18}, tick.text, "text-anchor='middle'");
    }
    for (const Tick& tick : y_.ticks()) {
      drawing_.line({corner_.x, tick.at}, {corner_.x + panel_width, tick.at}, grid);
      drawing_.line({corner_.x - 4, tick.at}, {corner_.x, tick.at}, axis);
      drawing_.text({corner_.x - 7, tick.at + 4}, tick.text, "text-anchor='end'");
    }
    drawing_.line({corner_.x, bottom}, {corner_.x + panel_width, bottom}, axis);
    drawing_.line({corner_.x, corner_.y}, {corner_.x, bottom}, axis);
    // An axis is interrupted after its zero.
    for (const double shift : {-2.0, 2.0}) {
      const double x = x_.zero_end() + shift, y = y_.zero_end() + shift;
      if (x_.has_zero()) drawing_.line({x - 2, bottom + 5}, {x + 2, bottom - 5}, axis);
      if (y_.has_zero()) drawing_.line({corner_.x - 5, y + 2}, {corner_.x + 5, y - 2}, axis);
    }
    drawing_.text({middle, corner_.y - 9}, panel_.title, "text-anchor='middle' font-weight='bold'");
    drawing_.text({middle, bottom + 38}, panel_.x.label, "text-anchor='middle'");
    const Point label{corner_.x - 48, corner_.y + height_of(panel_) / 2};
    drawing_.text(label, panel_.y.label,
                  "text-anchor='middle' transform='rotate(-90 " + number(label.x) + ' ' +
                      number(label.y) + ")'");
  }

  void draw(const Line& line) {
    if (line.points.empty()) return;
    std::vector<Point> joined;
    for (const Point& p : line.points) {
      const Point at{x_.at(p.x), y_.at(p.y)};
      const bool apart = panel_.x.logarithmic && p.x == 0;
      if (!apart) joined.push_back(at);
      if (apart) {  // the others are compared with it
        drawing_.line(at, {corner_.x + panel_width, at.y},
                      "stroke='" + colour_of(line) + "' stroke-dasharray='1 4'");
      }
    }
    if (line.joined && joined.size() > 1) drawing_.polyline(joined, stroke_of(line));
    for (const Point& p : line.points) {
      const Point at{x_.at(p.x), y_.at(p.y)};
      if (p.above > 0) bar(p, at, line);
      if (line.marked) drawing_.mark(at, colour_of(line), line.dashed);
    }
  }

  void bar(const Point& p, Point at, const Line& line) {
    const std::string style = "stroke='" + colour_of(line) + "' stroke-width='1.3'";
    if (panel_.y.words.empty()) {
      const double low = y_.at(p.y - p.below), high = y_.at(p.y + p.above);
      drawing_.line({at.x, low}, {at.x, high}, style);
      for (const double end : {low, high}) drawing_.line({at.x - 3, end}, {at.x + 3, end}, style);
    } else {
      const double low = x_.at(p.x - p.below), high = x_.at(p.x + p.above);
      drawing_.line({low, at.y}, {high, at.y}, style);
      for (const double end : {low, high}) drawing_.line({end, at.y - 3}, {end, at.y + 3}, style);
    }
  }

  Drawing& drawing_;
  const Panel& panel_;
  Point corner_;
  Scale x_, y_;
};

// One entry for each label, in rows that fit on the page. Returns where it ends.
double draw_legend(Drawing& drawing, const Figure& figure, Point corner, double width) {
  std::vector<std::string> seen;
  Point at = corner;
  for (const Panel& panel : figure.panels) {
    for (const Line& line : panel.lines) {
      if (line.label.empty() || std::ranges::find(seen, line.label) != seen.end()) continue;
      seen.push_back(line.label);
      const double entry = 34 + width_of(line.label) + 18;
      if (at.x > corner.x && at.x + entry > width) at = {corner.x, at.y + row};
      const Point middle{at.x + 14, at.y - 4};
      if (line.joined) {
        drawing.line({at.x, middle.y}, {at.x + 28, middle.y}, stroke_of(line));
      }
      if (line.marked) drawing.mark(middle, colour_of(line), line.dashed);
      drawing.text({at.x + 34, at.y}, line.label, "");
      at.x += entry;
    }
  }
  return seen.empty() ? corner.y - row : at.y;
}

// The width that the vertical axis needs: for its words, or numbers and a label.
double left_of(const Panel& panel) {
  double widest = 62;
  for (const std::string& word : panel.y.words) widest = std::max(widest, width_of(word) + 12);
  return widest;
}

}  // namespace

void write_svg(const std::filesystem::path& file, const Figure& figure) {
  double width = right, height = 0;
  for (const Panel& panel : figure.panels) {
    width += left_of(panel) + panel_width;
    height = std::max(height, height_of(panel));
  }
  width += gap * static_cast<double>(figure.panels.size() - 1);

  Drawing drawing;
  drawing.text({16, 26}, figure.title, "font-size='16' font-weight='bold'");
  drawing.text({16, 46}, figure.note, "fill='#555555'");
  const double top = draw_legend(drawing, figure, {16, 72}, width) + 38;
  std::vector<double> all;
  for (const Panel& panel : figure.panels) {
    const std::vector<double> some = values(panel, false);
    all.insert(all.end(), some.begin(), some.end());
  }
  double x = 0;
  for (const Panel& panel : figure.panels) {
    x += left_of(panel);
    PanelDrawing(drawing, panel, figure.same_y ? all : values(panel, false), {x, top}).draw();
    x += panel_width + gap;
  }

  std::ofstream stream(file);
  stream << drawing.page(width, top + height + 54) << std::flush;
  if (!stream) throw ridgeline::ResourceError(file.string() + " cannot be written");
}

}  // namespace study
