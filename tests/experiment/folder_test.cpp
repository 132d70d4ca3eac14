#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "experiment/build.hpp"

namespace ridgeline::experiment {
namespace {

TEST(NewFolder, EachIsMadeForOneAlone) {
  const std::filesystem::path root =
      std::filesystem::path(testing::TempDir()) / ("ridgeline-new-" + std::to_string(getpid()));
  {
    const auto first = new_folder(root / "run-{time}"), second = new_folder(root / "run-{time}");
    EXPECT_NE(first.path(), second.path());
    EXPECT_TRUE(std::filesystem::is_directory(first.path()));
    EXPECT_TRUE(std::filesystem::is_directory(second.path()));
    EXPECT_EQ(new_folder(root / "named").path(), root / "named");
  }
  EXPECT_FALSE(std::filesystem::exists(root));
}

}  // namespace
}  // namespace ridgeline::experiment
