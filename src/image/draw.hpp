#pragma once
// Words and pictures on an image: for contact sheets.

#include <cstdint>
#include <string>
#include <string_view>

#include "image/colour.hpp"
#include "ridgeline/image.hpp"

namespace ridgeline::image {

/// A colour image of one colour.
Image canvas(std::int64_t height, std::int64_t width, Colour colour);

/// Copies a grey or colour image onto a colour image. What is outside of `onto` is left out.
void paste(Image& onto, const Image& image, std::int64_t left, std::int64_t top);

/// A letter takes 6 x 9 pixels with the gaps to its neighbours.
inline constexpr std::int64_t letter_width = 6, letter_height = 9;

struct TextStyle {
  std::int64_t scale = 1;  ///< pixels that a dot of a letter is wide and high
  Colour colour = {32, 32, 32};
};

/// Writes a line of ASCII text. Other characters of UTF-8 become empty boxes. What is outside of
/// `onto` is left out.
void draw_text(Image& onto, std::int64_t left, std::int64_t top, std::string_view text,
               const TextStyle& style = {});

/// How many letters the text takes.
std::int64_t letters(std::string_view text);
/// The text in at most so many letters. A longer text ends with "..".
std::string cut_to_letters(std::string_view text, std::int64_t most);

/// The image at `times` its size.
Image enlarge(const Image& image, std::int64_t times);

}  // namespace ridgeline::image
