#include "interop/folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "ridgeline/error.hpp"

namespace ridgeline::interop {
namespace {

namespace fs = std::filesystem;

class Folders : public testing::Test {
 protected:
  Folders() { fs::create_directory(root_); }
  ~Folders() override { fs::remove_all(root_); }

  const fs::path root_ = fs::path(testing::TempDir()) /
                         ("ridgeline-folder-" + std::to_string(getpid()) + "-" +
                          testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Folders, WhatStaysEmptyGoesAgain) {
  {
    const NewFolder folder(root_ / "a/b/c");
    EXPECT_TRUE(folder.made());
    EXPECT_TRUE(fs::is_directory(root_ / "a/b/c"));
    const NewFolder again(root_ / "a/b/c");
    EXPECT_FALSE(again.made());
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST_F(Folders, WhatIsUsedOrWasThereStays) {
  {
    const NewFolder folder(root_ / "a/b");
    std::ofstream(root_ / "a/file") << "used";
  }
  EXPECT_FALSE(fs::exists(root_ / "a/b"));
  EXPECT_TRUE(fs::exists(root_ / "a/file"));
  fs::create_directory(root_ / "old");
  { const NewFolder folder(root_ / "old"); }
  EXPECT_TRUE(fs::exists(root_ / "old"));
}

TEST_F(Folders, WhatCannotBeMadeIsAnError) {
  std::ofstream(root_ / "file") << "no folder";
  EXPECT_THROW(NewFolder(root_ / "file"), ResourceError);
  EXPECT_THROW(NewFolder(root_ / "file/below"), ResourceError);
  EXPECT_THROW(NewFolder("/proc/nowhere/run"), ResourceError);
}

TEST_F(Folders, OneAtATimeHoldsTheLock) {
  std::optional<FolderLock> lock(root_);
  try {
    const FolderLock second(root_);
    ADD_FAILURE() << "the lock was given twice";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("in use by another program"));
  }
  lock.reset();
  EXPECT_NO_THROW(FolderLock{root_});
  EXPECT_THROW(FolderLock{root_ / "nowhere"}, ResourceError);
}

}  // namespace
}  // namespace ridgeline::interop
