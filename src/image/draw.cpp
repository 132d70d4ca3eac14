#include "image/draw.hpp"

#include <algorithm>

#include "image/fill.hpp"
#include "image/glyphs.hpp"

namespace ridgeline::image {
namespace {

// Whether the byte continues a character of UTF-8.
bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

Image canvas(std::int64_t height, std::int64_t width, Colour colour) {
  Image image{3, height, width, {}};
  image.pixels.resize(static_cast<std::size_t>(3 * height * width));
  fill_box(image, {0, 0, width, height}, colour);
  return image;
}

void paste(Image& onto, const Image& image, std::int64_t left, std::int64_t top) {
  const std::int64_t step = image.channels == 3 ? 1 : 0;
  for (std::int64_t y = std::max<std::int64_t>(0, -top);
       y < std::min(image.height, onto.height - top); ++y) {
    for (std::int64_t x = std::max<std::int64_t>(0, -left);
         x < std::min(image.width, onto.width - left); ++x) {
      const std::uint8_t* from = &image.pixels[(y * image.width + x) * image.channels];
      std::uint8_t* to = &onto.pixels[((top + y) * onto.width + left + x) * 3];
      for (std::int64_t c = 0; c < 3; ++c) to[c] = from[c * step];
    }
  }
}

void draw_text(Image& onto, std::int64_t left, std::int64_t top, std::string_view text,
               const TextStyle& style) {
  constexpr std::int64_t columns = 5;
  for (const char character : text) {
    if (continues(character)) continue;
    const Glyph& glyph = glyph_of(character);
    for (std::int64_t y = 0; y < static_cast<std::int64_t>(glyph.size()); ++y) {
      for (std::int64_t x = 0; x < columns; ++x) {
        if ((glyph[y] >> (columns - 1 - x) & 1) == 0) continue;
        fill_box(onto, {left + x * style.scale, top + y * style.scale, style.scale, style.scale},
                 style.colour);
      }
    }
    left += letter_width * style.scale;
  }
}

std::int64_t letters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return !continues(c); });
}

std::string cut_to_letters(std::string_view text, std::int64_t most) {
  if (letters(text) <= most) return std::string(text);
  std::string cut;
  std::int64_t count = 0;
  for (const char character : text) {
    if (!continues(character) && ++count > most - 2) break;
    cut += character;
  }
  return cut + "..";
}

Image enlarge(const Image& image, std::int64_t times) {
  if (times <= 1) return image;
  Image large{image.channels, image.height * times, image.width * times, {}};
  large.pixels.reserve(static_cast<std::size_t>(large.channels * large.height * large.width));
  for (std::int64_t y = 0; y < large.height; ++y) {
    for (std::int64_t x = 0; x < large.width; ++x) {
      const auto pixel =
          image.pixels.begin() + (y / times * image.width + x / times) * image.channels;
      large.pixels.insert(large.pixels.end(), pixel, pixel + image.channels);
    }
  }
  return large;
}

}  // namespace ridgeline::image
