// Studies whose file or folder is broken, locked or cannot be written.

#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "select/study_fixture.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::RidgeProblem;
using testing::HasSubstr;

// Limits the size of files, like a disk that is full after `bytes` bytes.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(StudyTest, AFileThatIsNoDatabaseIsADataError) {
  RidgeProblem problem;
  fs::create_directories(folder_);
  std::ofstream(file_) << std::string(5000, 'x');
  expect_error<DataError>([&] { run(options_, problem.task()); }, "study.sqlite");
}

TEST_F(StudyTest, OneThatCannotBeginLeavesNothing) {
  options_.trials = 300;  // their numbers need space, too
  int refused = 0;
  for (rlim_t kilobytes = 1; kilobytes < 200; kilobytes += 8) {
    RidgeProblem problem;
    std::string sentence;
    try {
      const FullDisk disk(kilobytes * 1024);
      run(options_, problem.task());
    } catch (const ResourceError& error) {
      sentence = error.what();
    }
    if (!problem.trained.empty()) break;
    ++refused;
    EXPECT_THAT(sentence, HasSubstr("study.sqlite"));
    EXPECT_TRUE(fs::is_empty(folder_)) << kilobytes;
  }
  EXPECT_GT(refused, 3);
}

TEST_F(StudyTest, OneWhoseRecordCannotBeWrittenLeavesNothing) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.begin = [] { throw ResourceError("the disk is full"); };
  EXPECT_THROW(run(options_, task), ResourceError);
  EXPECT_TRUE(fs::is_empty(folder_));
  run(options_, problem.task());
  EXPECT_THROW(run(options_, task), ResourceError);
  EXPECT_EQ(query("SELECT count(*) FROM folds"), "21\n") << "one that was there stays";
}

TEST_F(StudyTest, AnEmptyFileIsNone) {
  RidgeProblem problem;
  fs::create_directories(folder_);
  std::ofstream(file_).flush();
  std::ofstream(folder_ / "study.sqlite.part") << "of a program that was killed";
  EXPECT_EQ(run(options_, problem.task()).trials.size(), 7U);
  EXPECT_FALSE(fs::exists(folder_ / "study.sqlite.part"));
}

TEST_F(StudyTest, AForeignDatabaseIsADataErrorAndStaysAsItIs) {
  RidgeProblem problem;
  fs::create_directories(folder_);
  Database(file_).run("CREATE TABLE other (x)");
  expect_error<DataError>([&] { run(options_, problem.task()); }, "another program");
  EXPECT_EQ(query("SELECT name FROM sqlite_master"), "other\n");
}

TEST_F(StudyTest, ADamagedOrCutFileIsADataError) {
  RidgeProblem problem;
  run(options_, problem.task());
  const auto size = fs::file_size(file_);
  fs::resize_file(file_, size / 2);
  expect_error<DataError>([&] { run(options_, problem.task()); }, "study.sqlite");
  std::fstream bytes(file_, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(120);
  bytes << std::string(static_cast<std::size_t>(size / 2 - 120), '\x7f');
  bytes.close();
  expect_error<DataError>([&] { run(options_, problem.task()); }, "study.sqlite");
}

TEST_F(StudyTest, AStudyOfAnotherVersionIsADataError) {
  RidgeProblem problem;
  run(options_, problem.task());
  Database(file_).run("PRAGMA user_version = 99");
  expect_error<DataError>([&] { run(options_, problem.task()); }, "a study of version 99");
  Database(file_).run("PRAGMA user_version = 5");
  expect_error<DataError>([&] { run(options_, problem.task()); },
                          "a study of version 5, but this program reads version 6: begin another "
                          "study, or use the program that made this one");
}

TEST_F(StudyTest, AStudyInUseIsAResourceError) {
  RidgeProblem problem;
  SelectionTask task = problem.task();
  task.train = [&](const FoldCall& call) {
    RidgeProblem other;
    expect_error<ResourceError>([&] { run(options_, other.task()); }, "another program");
    EXPECT_TRUE(other.trained.empty());
    return problem.train(call);
  };
  run(options_, task);
}

TEST_F(StudyTest, ALockedFileIsAResourceError) {
  RidgeProblem problem;
  run(options_, problem.task());
  Database other(file_);
  other.run("BEGIN EXCLUSIVE");
  Database locked(file_, std::chrono::milliseconds(1));
  expect_error<ResourceError>([&] { locked.run("BEGIN IMMEDIATE"); }, "locked");
}

TEST_F(StudyTest, AFolderThatCannotBeMadeIsAResourceError) {
  RidgeProblem problem;
  std::ofstream(folder_) << "a file";
  expect_error<ResourceError>([&] { run(options_, problem.task()); }, folder_.string());
  EXPECT_TRUE(problem.trained.empty());
}

}  // namespace
}  // namespace ridgeline::selection
