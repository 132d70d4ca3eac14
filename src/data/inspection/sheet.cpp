#include "data/inspection/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "data/error_log.hpp"
#include "data/inspection/parts.hpp"
#include "data/loader.hpp"
#include "image/contact_sheet.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

// Turns planes of numbers in [0, 1] into bytes. Numbers outside of [0, 1] are clamped.
Image to_image(std::span<const float> planes, const Shape& shape) {
  Image image{shape[0], shape[1], shape[2], std::vector<std::uint8_t>(planes.size())};
  const auto channels = static_cast<std::size_t>(shape[0]), area = planes.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < area; ++i) {
      const float level = std::round(255 * std::clamp(planes[c * area + i], 0.0f, 1.0f));
      image.pixels[i * channels + c] = static_cast<std::uint8_t>(level);
    }
  }
  return image;
}

// The target is taken from the batch, since mixup changes it.
std::string text_of(const Targets& targets, std::int64_t i, const TargetSchema& schema) {
  if (const auto* classes = targets.find(class_tensor)) {
    return target_text(Target(classes->values<std::int32_t>(i)[0]), schema);
  }
  for (const auto name : {probabilities_tensor, labels_tensor, values_tensor}) {
    if (const auto* numbers = targets.find(name)) {
      const auto values = numbers->values<float>(i);
      return target_text(Target(std::vector<float>(values.begin(), values.end())), schema);
    }
  }
  return {};
}

}  // namespace

Image augmented_sheet(const Dataset& data, const SheetOptions& options) {
  const Shape shape = data.image_shape();
  if (shape.rank() != 3 || (shape[0] != 1 && shape[0] != 3)) {
    throw UsageError(
        fmt::format("a sheet shows images of 1 or 3 channels and of one size, and these are {}",
                    shape.rank() == 3 ? shape.text() : "of several sizes"));
  }
  const std::size_t count = std::min(most_on_sheet, data.size());
  std::vector<image::Tile> tiles;
  if (count > 0) {
    auto errors = std::make_shared<ErrorLog>(OnError::skip, 100 * data.size());
    Loader loader(data, {.batch = static_cast<std::int64_t>(count),
                         .shuffle = true,
                         .seed = options.seed,
                         .augment = parse_augmentations(options.augment),
                         .errors = errors,
                         .threads = options.threads,
                         .ahead = 1});
    loader.start(0);
    const Batch& batch = *loader.next();
    std::unordered_map<std::uint64_t, std::size_t> places;  // by identity
    for (std::size_t i = 0; i < data.size(); ++i) places.emplace(data.id(i), i);
    const auto pixels = static_cast<std::size_t>(shape.elements());
    for (std::size_t k = 0; k < static_cast<std::size_t>(batch.images); ++k) {
      const std::string name = data.name(places.at(batch.ids[k]));
      image::Tile& tile = tiles.emplace_back(
          image::Tile{to_image(batch.inputs.subspan(k * pixels, pixels), shape),
                      {text_of(batch.targets, static_cast<std::int64_t>(k), data.schema()),
                       name.substr(name.rfind('/') + 1)}});
      if (!errors->bad(batch.ids[k])) continue;
      std::ranges::fill(tile.image.pixels, letterbox_grey);
      tile.lines.front() = "cannot be read";
    }
  }
  return image::contact_sheet(tiles);
}

}  // namespace ridgeline::data
