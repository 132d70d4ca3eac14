#include "image/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "image/contact_sheet.hpp"
#include "image/glyphs.hpp"

namespace ridgeline::image {
namespace {

constexpr Colour white{255, 255, 255}, red{200, 10, 20};

// The dots of a text, a line for each row.
std::string dots(std::string_view text, std::int64_t scale = 1) {
  Image image = canvas(8 * scale, letter_width * scale * letters(text), white);
  draw_text(image, 0, 0, text, {.scale = scale, .colour = red});
  std::string rows;
  for (std::int64_t y = 0; y < image.height; ++y) {
    for (std::int64_t x = 0; x < image.width; ++x) {
      const std::uint8_t* pixel = &image.pixels[(y * image.width + x) * 3];
      const bool set = pixel[0] == 200 && pixel[1] == 10 && pixel[2] == 20;
      EXPECT_TRUE(set || pixel[0] == 255);
      rows += set ? '#' : '.';
    }
    rows += '\n';
  }
  return rows;
}

TEST(DrawText, WritesLetters) {
  EXPECT_EQ(dots("Lg"),
            "#...........\n"
            "#...........\n"
            "#......####.\n"
            "#.....#...#.\n"
            "#.....#...#.\n"
            "#......####.\n"
            "#####.....#.\n"
            ".......###..\n");
  EXPECT_EQ(dots("\xc3\xa9"), dots("\x7f"));  // one empty box for each other character
  EXPECT_EQ(dots("|", 2).substr(0, 13), "....##......\n");
}

TEST(DrawText, EveryCharacterHasALetterOfItsOwn) {
  std::set<Glyph> glyphs;
  for (char c = ' '; c <= '~'; ++c) glyphs.insert(glyph_of(c));
  EXPECT_EQ(glyphs.size(), 95U);
  EXPECT_EQ(glyph_of('\n'), glyph_of('\x80'));
  EXPECT_FALSE(glyphs.contains(glyph_of('\n')));
}

TEST(DrawText, StaysInsideOfTheImage) {
  Image image = canvas(4, 4, white);
  draw_text(image, -3, -2, "WWW");
  draw_text(image, 3, 3, "W", {.scale = 3});
  draw_text(image, 1000, 1000, "W");
  EXPECT_EQ(image.pixels.size(), 48U);
}

TEST(DrawText, CutsLongTexts) {
  EXPECT_EQ(cut_to_letters("elephant", 8), "elephant");
  EXPECT_EQ(cut_to_letters("elephants", 8), "elepha..");
  EXPECT_EQ(cut_to_letters("\xc3\xa9l\xc3\xa9phants", 4), "\xc3\xa9l..");
}

TEST(Paste, TakesGreyAndCutsWhatIsOutside) {
  Image image = canvas(2, 2, white);
  paste(image, {1, 2, 2, {1, 2, 3, 4}}, 1, 1);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{255, 255, 255, 255, 255, 255,  //
                                                     255, 255, 255, 1, 1, 1}));
  paste(image, {1, 2, 2, {1, 2, 3, 4}}, -1, -1);
  EXPECT_EQ(image.pixels[0], 4);
}

TEST(ContactSheet, HasEveryImage) {
  std::vector<Tile> tiles;
  for (std::uint8_t i = 0; i < 5; ++i) {
    tiles.push_back({canvas(112, 112, {i, 50, 60}), {"a label", "1.png"}});
  }
  const Image sheet = contact_sheet(tiles);
  std::vector<std::int64_t> found(5);
  std::int64_t text = 0;
  for (std::size_t k = 0; k < sheet.pixels.size(); k += 3) {
    if (sheet.pixels[k + 1] == 50 && sheet.pixels[k + 2] == 60) ++found.at(sheet.pixels[k]);
    if (sheet.pixels[k] == 32) ++text;
  }
  EXPECT_EQ(found, std::vector<std::int64_t>(5, 112 * 112));
  EXPECT_GT(text, 5 * 50);
  EXPECT_GT(contact_sheet({}).pixels.size(), 0U);
}

TEST(ContactSheet, EnlargesSmallImagesInWholeTimes) {
  const std::vector<Tile> tiles{{{1, 28, 28, std::vector<std::uint8_t>(28 * 28, 77)}, {"x"}}};
  const Image sheet = contact_sheet(tiles);
  EXPECT_EQ(std::ranges::count(sheet.pixels, 77), 3 * 112 * 112);
}

}  // namespace
}  // namespace ridgeline::image
