#include "ridgeline/version.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace ridgeline {
namespace {

TEST(Version, IsThatOfTheHeaders) {
  EXPECT_EQ(version(), RIDGELINE_VERSION);
  EXPECT_EQ(version(), std::to_string(RIDGELINE_VERSION_MAJOR) + "." +
                           std::to_string(RIDGELINE_VERSION_MINOR) + "." +
                           std::to_string(RIDGELINE_VERSION_PATCH));
}

TEST(Version, CommitIsAHashOrUnknown) {
  const std::string text(commit());
  EXPECT_TRUE(std::regex_match(text, std::regex("[0-9a-f]{12,40}(-dirty)?|unknown"))) << text;
}

}  // namespace
}  // namespace ridgeline
