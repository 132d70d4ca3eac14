#include <fmt/format.h>

#include <algorithm>

#include "cli/prediction_output.hpp"
#include "image/contact_sheet.hpp"
#include "image/draw.hpp"
#include "image/fill.hpp"

namespace ridgeline::cli {
namespace {

constexpr image::Colour white{255, 255, 255}, bar_colour{66, 122, 190}, pale{226, 232, 240};
constexpr std::int64_t gap = 12, picture_side = 320, bar_width = 320;

std::string short_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::vector<std::string> lines_of(const ImageResult& result, PredictionKind kind) {
  constexpr std::size_t most_lines = 3;
  std::vector<std::string> lines;
  for (const Prediction& one : result.prediction.labels) {
    const bool said = kind != PredictionKind::labels || one.probability >= present_from;
    if (said && lines.size() < most_lines) {
      lines.push_back(fmt::format("{:.2f} {}", one.probability, one.name));
    }
  }
  for (const auto& [name, value] : result.prediction.values) {
    if (lines.size() < most_lines) lines.push_back(fmt::format("{} {:.4g}", name, value));
  }
  if (lines.empty()) lines.emplace_back("no label");
  lines.push_back(short_name(result.image));
  return lines;
}

// The picture on the left, its labels with bars on the right.
Image with_bars(const ImageResult& result) {
  constexpr std::int64_t scale = 2, text_height = image::letter_height * scale, bar_height = 8,
                         row_height = text_height + bar_height + gap;
  const std::int64_t longest = std::max(result.shown.height, result.shown.width);
  const Image picture =
      image::enlarge(result.shown, std::max<std::int64_t>(1, picture_side / longest));
  const auto& labels = result.prediction.labels;
  const auto rows = static_cast<std::int64_t>(labels.size()) * row_height;
  const std::int64_t height = std::max(picture.height, rows) + 3 * gap + text_height;
  Image drawing = image::canvas(height, picture.width + bar_width + 3 * gap, white);
  image::draw_text(drawing, gap, gap,
                   image::cut_to_letters(short_name(result.image),
                                         (drawing.width - 2 * gap) / (image::letter_width * scale)),
                   {.scale = scale});
  std::int64_t top = 2 * gap + text_height;
  image::paste(drawing, picture, gap, top);
  const std::int64_t left = picture.width + 2 * gap;
  for (const Prediction& one : labels) {
    const std::string text = fmt::format("{:.3f} {}", one.probability, one.name);
    image::draw_text(drawing, left, top,
                     image::cut_to_letters(text, bar_width / (image::letter_width * scale)),
                     {.scale = scale});
    const auto filled =
        static_cast<std::int64_t>(std::clamp(one.probability, 0.0, 1.0) * bar_width + 0.5);
    image::fill_box(drawing, {left, top + text_height, bar_width, bar_height}, pale);
    image::fill_box(drawing, {left, top + text_height, filled, bar_height}, bar_colour);
    top += row_height;
  }
  return drawing;
}

}  // namespace

Image predictions_drawing(std::span<const ImageResult> results, PredictionKind kind) {
  std::vector<const ImageResult*> good;
  for (const ImageResult& result : results) {
    if (!result.shown.pixels.empty()) good.push_back(&result);
  }
  if (good.size() == 1 && kind != PredictionKind::values) return with_bars(*good.front());
  std::vector<image::Tile> tiles;
  for (const ImageResult* result : good) tiles.push_back({result->shown, lines_of(*result, kind)});
  return image::contact_sheet(tiles);
}

}  // namespace ridgeline::cli
