// The program when memory or threads are short. It ends with code 5 and a sentence, whatever the
// libraries that it uses do then.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using test::Outcome;
using test::run;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::function<void()> address_space(std::size_t bytes) {
  return [bytes] {
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    setrlimit(RLIMIT_AS, &limit);
  };
}

class LittleMemory : public TrainedModel {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers need more address space than this test leaves";
#endif
  }

  /// Runs `words` with more and more memory, expects code 0 or 5, and returns how often it was 5.
  static int refusals(const std::vector<std::string>& words, std::size_t step = 12) {
    int refused = 0;
    for (std::size_t mebibytes = 120; mebibytes <= 480; mebibytes += step) {
      for (const char* folder : {"short", "short-study"}) {
        std::filesystem::remove_all(*folder_ / folder);
      }
      const Outcome outcome =
          run(*folder_, words, {}, "stdout", address_space(mebibytes * mebibyte));
      SCOPED_TRACE(mebibytes);
      EXPECT_THAT(outcome.code, AnyOf(0, 5)) << outcome.err;
      EXPECT_THAT(outcome.err, Not(HasSubstr("unexpected error")));
      if (outcome.code != 5) continue;
      ++refused;
      EXPECT_THAT(outcome.err, AnyOf(HasSubstr("memory"), HasSubstr("train.threads lower"),
                                     HasSubstr("select.jobs lower")));
    }
    return refused;
  }
};

TEST_F(LittleMemory, ATrainingIsRefusedOrDone) {
  EXPECT_GT(refusals(words({"train.run=short", "train.epochs=1", "model.preset=resnet20",
                            "train.batch=64", "train.threads=2"})),
            0);
}

TEST_F(LittleMemory, APredictionIsRefusedOrDone) {
  refusals({"evaluate", "first"});
}

TEST_F(LittleMemory, ASelectionIsRefusedOrDone) {
  EXPECT_GT(refusals({"select", "small.toml", "select.study=short-study", "train.epochs=1",
                      "select.method=grid", "select.trials=2", "select.folds=2", "select.jobs=1000",
                      "train.threads=3"},
                     40),
            0);
}

TEST_F(TrainedModel, MoreJobsThanCanRunAtATimeAreSaid) {
  const Outcome outcome = run(*folder_, {"select", "small.toml", "select.study=many-jobs",
                                         "train.epochs=1", "select.method=grid", "select.trials=2",
                                         "select.folds=2", "select.jobs=1000", "train.threads=3"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("3 at a time: select.jobs = 1000 is more than"));
}

TEST_F(LittleMemory, ThreadsThatCannotBeStartedAreMissing) {
  for (const std::size_t mebibytes : {400, 700, 1024}) {
    const Outcome outcome = run(*folder_, words({"train.run=crowded", "train.threads=2000"}), {},
                                "stdout", address_space(mebibytes * mebibyte));
    EXPECT_EQ(outcome.code, 5) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("of 1999 more threads to compute could be started"));
    EXPECT_THAT(outcome.err, HasSubstr("train.threads"));
    EXPECT_FALSE(std::filesystem::exists(*folder_ / "crowded"));
  }
}

}  // namespace
}  // namespace ridgeline::cli
