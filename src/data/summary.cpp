#include "data/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ridgeline::data {

Summary summarize(const Dataset& data, std::size_t at_most) {
  Summary summary{.images = data.size(), .shape = data.image_shape()};
  if (!data.has_classes()) summary.target_width = static_cast<std::int64_t>(data.names().size());
  if (data.has_classes()) {
    for (const std::string& name : data.names()) summary.classes.push_back({name, 0});
    for (std::size_t i = 0; i < data.size(); ++i) ++summary.classes[data.label(i)].images;
  }
  if (data.empty()) return summary;

  summary.measured = at_most == 0 ? data.size() : std::min(at_most, data.size());
  const auto channels = static_cast<std::size_t>(summary.shape[0]);
  std::vector<float> pixels(static_cast<std::size_t>(summary.shape.elements()));
  const std::size_t plane = pixels.size() / channels;
  std::vector<double> sum(channels), square(channels);
  for (std::size_t k = 0; k < summary.measured; ++k) {
    data.read(k * data.size() / summary.measured, pixels);
    for (std::size_t c = 0; c < channels; ++c) {
      for (const double value : std::span(pixels).subspan(c * plane, plane)) {
        sum[c] += value;
        square[c] += value * value;
      }
    }
  }
  const auto count = static_cast<double>(summary.measured * plane);
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = sum[c] / count;
    summary.mean.push_back(mean);
    summary.deviation.push_back(std::sqrt(std::max(square[c] / count - mean * mean, 0.0)));
  }
  return summary;
}

std::string text(const Summary& summary) {
  std::string out = fmt::format("{} images of {}\n", summary.images, summary.shape.text());
  if (summary.target_width > 0) {
    out += fmt::format("{} target values an image\n", summary.target_width);
  }
  if (!summary.classes.empty()) {
    std::size_t width = 5;
    for (const ClassCount& each : summary.classes) width = std::max(width, each.name.size());
    out += fmt::format("\n{:<{}}  {:>8}  {:>6}\n", "class", width, "images", "share");
    for (const ClassCount& each : summary.classes) {
      const double share = static_cast<double>(each.images) /
                           static_cast<double>(std::max<std::size_t>(summary.images, 1));
      out += fmt::format("{:<{}}  {:>8}  {:>5.1f}%\n", each.name, width, each.images, 100 * share);
    }
  }
  if (summary.measured > 0) {
    out += fmt::format("\nchannel    mean     std   (of {} images)\n", summary.measured);
    for (std::size_t c = 0; c < summary.mean.size(); ++c) {
      out += fmt::format("{:>7}  {:.4f}  {:.4f}\n", c, summary.mean[c], summary.deviation[c]);
    }
  }
  return out;
}

}  // namespace ridgeline::data
