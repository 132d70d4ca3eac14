// Text for a terminal: names from outside, ASCII, widths, commands to copy.
#include "cli/printable.hpp"

#include <gmock/gmock.h>

#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

TEST(Printable, ControlCharactersAreWrittenOut) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\td\re\x7f", true), "a\\x1b[2Jb\\nc\\td\\re\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J",
                      true),
            "\\u009b2J");  // ESC [ as one character
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gnp.exe",
                      true),
            "\\u202egnp.exe");  // from right to left
  EXPECT_EQ(printable(std::string_view("\0x", 2), true), "\\x00x");
  EXPECT_EQ(printable("größer 魚 😀", true), "größer 魚 😀");
}

TEST(Printable, BytesThatAreNotUtf8AreWrittenOut) {
  EXPECT_EQ(printable("caf\xe9", true), "caf\\xe9");
  EXPECT_EQ(printable("\xc0\xaf", true), "\\xc0\\xaf");           // '/' in an overlong form
  EXPECT_EQ(printable("\xed\xa0\x80", true), "\\xed\\xa0\\x80");  // half of a surrogate pair
  EXPECT_EQ(printable("\xf5\x80\x80\x80", true), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(printable("\xe9\xad", true), "\\xe9\\xad");  // cut short
}

TEST(Printable, WithoutUtf8ThereIsAsciiAlone) {
  EXPECT_EQ(printable("λ = 1 ± 2 ━─ 3² → é", false), "lambda = 1 +- 2 =- 3^2 -> \\u00e9");
  for (const Command& each : commands()) {
    const std::string text = printable_lines(help(each, {}), false, false);
    for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << text;
    EXPECT_THAT(text, testing::Not(HasSubstr("\\u"))) << text;
  }
}

TEST(Printable, OfStylesOursAloneStay) {
  EXPECT_EQ(printable_lines("\x1b[1mbold\x1b[0m\n\x1b[8mhidden", true, true),
            "\x1b[1mbold\x1b[0m\n\\x1b[8mhidden");
  EXPECT_EQ(printable_lines("\x1b[1mbold", true, false), "\\x1b[1mbold");
  EXPECT_EQ(columns("\x1b[1mbold\x1b[0m"), 4);
}

TEST(Printable, LongTextsKeepTheirEnds) {
  EXPECT_EQ(shortened("conv2d_1", 8), "conv2d_1");
  EXPECT_EQ(shortened("abcdefghijklmnop", 9), "abc...nop");
  EXPECT_EQ(shortened("ääääääääääääääää", 9), "äää...äää");
  EXPECT_EQ(shortened("abcdefghijklmnop", 3), "abc");
}

TEST(Wrapped, BreaksAtBlanksAndKeepsTheIndent) {
  EXPECT_EQ(wrapped("one two three\n  four five six\n", 9),
            "one two\nthree\n  four\n  five\n  six\n");
  EXPECT_EQ(wrapped("a verylongword b", 6), "a\nverylongword\nb");
  EXPECT_EQ(wrapped("short\n\nlines\n", 80), "short\n\nlines\n");
  EXPECT_EQ(wrapped("\x1b[2mone two\x1b[0m", 7), "\x1b[2mone two\x1b[0m");
}

TEST(Wrapped, LeavesCommandsWhole) {
  EXPECT_EQ(wrapped("continue with: " + command("ridgeline train --resume", "my run"), 20),
            "continue with:\nridgeline train --resume 'my run'");
  EXPECT_EQ(wrapped("  ridgeline predict run IMAGE...\n", 10),
            "  ridgeline predict run IMAGE...\n");
}

TEST(Command, QuotesItsPath) {
  EXPECT_EQ(wrapped(command("ridgeline evaluate", "my run", "--json"), 1000),
            "ridgeline evaluate 'my run' --json");
  EXPECT_EQ(wrapped(command("ridgeline evaluate", "-x"), 1000), "ridgeline evaluate ./-x")
      << "else it reads as an option";
  EXPECT_EQ(wrapped(command("ridgeline evaluate", "n\u00a0b"), 1000),
            "ridgeline evaluate n\u00a0b");
}

TEST(Table, ColumnsThatDoNotFitFollowBelow) {
  const std::vector<std::vector<std::string>> rows{{"layer", "gradient", "weights", "shrink"},
                                                   {"conv2d_1", "0.611", "1.5", "2e-06"}};
  EXPECT_EQ(table(rows, {.width = 30}),
            "layer     gradient  weights\n"
            "conv2d_1     0.611      1.5\n"
            "\n"
            "layer     shrink\n"
            "conv2d_1   2e-06\n");
  for (int width = 20; width < 100; ++width) {
    for (const std::string& line : lines_of(table(rows, {.width = width}))) {
      EXPECT_LE(columns(line), width) << line;
    }
  }
}

TEST(Table, CellsThatDoNotFitAreShortened) {
  const std::string text =
      table({{"image", "label"}, {std::string(60, 'a') + ".png", "cat"}}, {.width = 40});
  for (const std::string& line : lines_of(text)) EXPECT_LE(columns(line), 40) << line;
  EXPECT_THAT(text, HasSubstr("aaa...aaa"));
  EXPECT_THAT(text, HasSubstr(".png  "));
  EXPECT_THAT(text, HasSubstr("cat"));
}

TEST(Table, NamesCannotBreakIt) {
  EXPECT_EQ(table({{"label"}, {"a\nb"}, {"\x1b[2J"}}), "label\na\\nb\n\\x1b[2J\n");
}

TEST(Help, FitsItsPage) {
  for (const int width : {40, 60, 80, 200}) {
    const Page page{.width = width};
    for (const Command& each : commands()) {
      for (const std::string& line : lines_of(wrapped(help(each, page), width))) {
        const bool whole = line.find(' ', line.find_first_not_of(' ')) == std::string::npos ||
                           line.find("  ridgeline ") == 0;
        EXPECT_TRUE(whole || columns(line) <= width) << line;
      }
    }
    for (const std::string& line : lines_of(wrapped(overview(commands(), page), width))) {
      EXPECT_TRUE(line.find("  ridgeline ") == 0 || columns(line) <= width) << line;
    }
  }
}

}  // namespace
}  // namespace ridgeline::cli
