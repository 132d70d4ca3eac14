#include "metrics/title.hpp"

#include <gtest/gtest.h>

namespace ridgeline::metrics {
namespace {

TEST(ShortTitle, HasTheBeginningsOfTheWords) {
  EXPECT_EQ(short_title("accuracy", 8), "accuracy");
  EXPECT_EQ(short_title("accuracy", 3), "acc");
  EXPECT_EQ(short_title("mae", 3), "mae");
  EXPECT_EQ(short_title("average_precision", 9), "aver prec");
  EXPECT_EQ(short_title("average_precision", 3), "ap");
  EXPECT_EQ(short_title("f1_macro", 3), "fm");
  EXPECT_EQ(short_title("a_b_c_d_e", 3), "abc");
  EXPECT_EQ(short_title("", 3), "");
  EXPECT_EQ(short_title("____", 3), "");
}

TEST(ShortTitle, NeverIsWiderThanTheColumn) {
  for (const char* name : {"accuracy", "balanced_accuracy", "a_very_long_name_of_many_words"}) {
    for (std::size_t width = 0; width < 40; ++width) {
      EXPECT_LE(short_title(name, width).size(), width) << name;
    }
  }
}

}  // namespace
}  // namespace ridgeline::metrics
