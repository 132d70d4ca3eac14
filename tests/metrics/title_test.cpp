#include "metrics/title.hpp"

#include <gtest/gtest.h>

namespace ridgeline::metrics {
namespace {

TEST(ShortTitle, HasTheBeginningOfTheWordOrOfEachWord) {
  EXPECT_EQ(short_title("accuracy"), "acc");
  EXPECT_EQ(short_title("mae"), "mae");
  EXPECT_EQ(short_title("r2"), "r2");
  EXPECT_EQ(short_title("average_precision"), "ap");
  EXPECT_EQ(short_title("f1_macro"), "fm");
  EXPECT_EQ(short_title("a_b_c_d_e"), "abc");
  EXPECT_EQ(short_title(""), "");
  EXPECT_LE(short_title("____").size(), 3);
}

}  // namespace
}  // namespace ridgeline::metrics
