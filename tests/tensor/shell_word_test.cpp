#include "tensor/shell_word.hpp"

#include <gtest/gtest.h>

namespace ridgeline {
namespace {

TEST(ShellWord, IsQuotedWhereAShellWouldChangeIt) {
  EXPECT_EQ(shell_word("runs/a-b_1.c"), "runs/a-b_1.c");
  EXPECT_EQ(shell_word("größer"), "größer");
  EXPECT_EQ(shell_word("my run"), "'my run'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(rm -r x);*"), "'$(rm -r x);*'");
  EXPECT_EQ(shell_word("~"), "'~'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace ridgeline
