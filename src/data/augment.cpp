#include "data/augment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "data/pixels.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

/// Moves the image by (down, right) and fills what becomes free with zeros.
void shift(const Shape& shape, std::int64_t down, std::int64_t right, std::span<float> pixels,
           std::span<float> scratch) {
  const std::int64_t channels = shape[0], height = shape[1], width = shape[2];
  std::copy(pixels.begin(), pixels.end(), scratch.begin());
  std::fill(pixels.begin(), pixels.end(), 0.0f);
  const std::int64_t kept = width - std::abs(right);
  const std::int64_t to = std::max<std::int64_t>(right, 0),
                     from = std::max<std::int64_t>(-right, 0);
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t y = std::max<std::int64_t>(down, 0); y < std::min(height, height + down);
         ++y) {
      const float* source = scratch.data() + (c * height + y - down) * width + from;
      std::copy_n(source, kept, pixels.data() + (c * height + y) * width + to);
    }
  }
}

}  // namespace

Augmentation parse_augmentation(std::string_view text) {
  if (text == "flip") return {Augmentation::Kind::flip};
  constexpr std::string_view crop = "crop:";
  if (text.starts_with(crop)) {
    const std::string_view number = text.substr(crop.size());
    int pixels = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), pixels);
    if (error == std::errc{} && end == number.data() + number.size() && pixels >= 1) {
      return {Augmentation::Kind::crop, pixels};
    }
    throw UsageError(fmt::format(
        "augmentation \"{}\": crop wants a whole number of pixels of at least 1, as in \"crop:4\"",
        text));
  }
  throw UsageError(fmt::format(
      "there is no augmentation \"{}\": the known ones are \"flip\" and \"crop:N\"", text));
}

std::vector<Augmentation> parse_augmentations(std::span<const std::string> texts) {
  std::vector<Augmentation> all;
  for (const std::string& text : texts) all.push_back(parse_augmentation(text));
  return all;
}

void augment(std::span<const Augmentation> augmentations, const Shape& shape, Random& random,
             std::span<float> pixels, std::span<float> scratch) {
  for (const Augmentation& augmentation : augmentations) {
    switch (augmentation.kind) {
      case Augmentation::Kind::flip:
        if (random.uniform() < 0.5f) mirror(static_cast<std::size_t>(shape[2]), pixels);
        break;
      case Augmentation::Kind::crop: {
        const std::int64_t most = augmentation.pixels;
        const auto draw = [&] {
          return static_cast<std::int64_t>(random.below(2 * augmentation.pixels + 1)) - most;
        };
        const std::int64_t down = draw();
        shift(shape, down, draw(), pixels, scratch);
        break;
      }
    }
  }
}

}  // namespace ridgeline::data
