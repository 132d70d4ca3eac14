#include "interop/csv.hpp"

#include <gmock/gmock.h>

namespace ridgeline::interop {
namespace {

using testing::ElementsAre;

TEST(Csv, CellsStandBetweenCommas) {
  EXPECT_THAT(cells_of("a, b,c"), ElementsAre("a", " b", "c"));
  EXPECT_THAT(cells_of("a"), ElementsAre("a"));
  EXPECT_THAT(cells_of(""), ElementsAre(""));
  EXPECT_THAT(cells_of(",a,,"), ElementsAre("", "a", "", ""));
}

}  // namespace
}  // namespace ridgeline::interop
