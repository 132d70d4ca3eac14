// Removing a study, and nothing else.
#include "select/study_removal.hpp"

#include <fstream>
#include <set>

#include "select/study_fixture.hpp"
#include "select/workers.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::RidgeProblem;

class RemovalTest : public StudyTest {
 protected:
  RemovalTest() {
    RidgeProblem problem;
    run(options_, problem.task());
    for (const char* file :
         {"experiment.toml", "trials/1/fold-1/history.csv", "trials/1/fold-1/model.safetensors",
          "trials/12/fold-2-share-0.125/checkpoint.safetensors", "trials/3/refit/experiment.toml",
          "trials/4/fold-1/last.safetensors", "outer/2/study.sqlite",
          "outer/2/trials/1/fold-1/history.csv", "outer/2/refit/model.safetensors",
          "refit/model.safetensors", "refit/checkpoint.safetensors.part"}) {
      write(file);
    }
  }

  void write(const fs::path& file) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << "12345";
  }
};

TEST_F(RemovalTest, LeavesNothing) {
  const StudyFiles files = files_of_study(folder_);
  EXPECT_EQ(files.made.size(), 12U);
  EXPECT_EQ(files.bytes, 11 * 5 + fs::file_size(file_));
  EXPECT_TRUE(files.others.empty());
  remove_study(folder_);
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(RemovalTest, LeavesTheFilesOfOthers) {
  const std::set<fs::path> others{"notes.txt",
                                  "model.safetensors",
                                  "trials/mine/model.safetensors",
                                  "trials/1/fold-1/notes.txt",
                                  "trials/1/fold-1/deep/history.csv",
                                  "refit/deep/model.safetensors",
                                  "outer/mine/study.sqlite",
                                  "outer/2/notes.txt",
                                  "plots/history.csv"};
  for (const fs::path& file : others) write(file);
  const fs::path outside = folder_.string() + "-outside";
  fs::create_directories(outside);
  std::ofstream(outside / "history.csv") << "1";
  fs::create_directory_symlink(outside, folder_ / "trials/1/fold-7");
  fs::create_symlink(outside / "history.csv", folder_ / "refit/history.csv");

  const StudyFiles files = remove_study(folder_);
  std::set<fs::path> left;
  for (const fs::path& file : files.others) left.insert(file.lexically_relative(folder_));
  std::set<fs::path> expected = others;
  expected.insert("trials/1/fold-7");
  expected.insert("refit/history.csv");
  EXPECT_EQ(left, expected);
  for (const fs::path& file : expected) {
    EXPECT_TRUE(fs::exists(fs::symlink_status(folder_ / file))) << file;
  }
  EXPECT_TRUE(fs::exists(outside / "history.csv"));
  EXPECT_FALSE(fs::exists(file_));
  EXPECT_FALSE(fs::exists(folder_ / "trials/12"));
  fs::remove_all(outside);
}

TEST_F(RemovalTest, OneInUseIsRefusedAndStays) {
  Database database(file_);
  const Worker worker(database, folder_, true);
  expect_error<ResourceError>([&] { remove_study(folder_); }, "in use by another program");
  EXPECT_TRUE(fs::exists(folder_ / "refit/model.safetensors"));
  EXPECT_TRUE(fs::exists(file_));
}

TEST_F(RemovalTest, ADamagedOneIsRefusedAndStays) {
  std::ofstream(file_) << "something else";
  expect_error<DataError>([&] { remove_study(folder_); }, "study.sqlite");
  EXPECT_TRUE(fs::exists(folder_ / "refit/model.safetensors"));
}

}  // namespace
}  // namespace ridgeline::selection
