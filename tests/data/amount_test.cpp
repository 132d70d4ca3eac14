#include "data/cache/amount.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ridgeline::data {
namespace {

TEST(Amount, HasTwoOrThreeDigits) {
  EXPECT_EQ(amount(0), "0.0 kB");
  EXPECT_EQ(amount(1234), "1.2 kB");
  EXPECT_EQ(amount(999'400), "999 kB");
  EXPECT_EQ(amount(999'600), "1.0 MB");
  EXPECT_EQ(amount(15'600'000'000'000), "16 TB");
}

TEST(FreeOnDisk, IsKnownOfAFolderThatDoesNotExistYet) {
  constexpr auto unknown = std::numeric_limits<std::uint64_t>::max();
  EXPECT_LT(free_on_disk("nowhere/below/here"), unknown);
  EXPECT_LT(free_on_disk("nowhere"), unknown);
  EXPECT_LT(free_on_disk("/nowhere/below/here"), unknown);
}

}  // namespace
}  // namespace ridgeline::data
