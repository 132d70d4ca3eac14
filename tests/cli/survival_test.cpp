// Selections that are killed again and again, or shared by several processes: the numbers must be
// those of a selection that nobody disturbed.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Folder;
using test::Outcome;
using test::run;

/// Removes what depends on time, on the process, or on the place of the study.
void remove_times(json& value) {
  if (value.is_array()) {
    for (json& item : value) remove_times(item);
  }
  if (!value.is_object()) return;
  for (const char* name : {"seconds", "images_per_second"}) value.erase(name);
  for (auto& [name, item] : value.items()) remove_times(item);
}

// So many that a race looks at a half of a fold's images first.
constexpr std::uint32_t images = 9000;

class Surviving : public testing::Test {
 protected:
  Surviving() {
    test::write_images(folder_, "images", images, 60);
    folder_.write("small.toml", std::string("[data]\nsource = \"idx\"\npath = \"images\"\n"
                                            "[model]\npreset = \"mlp\"\n"
                                            "[train]\nepochs = 2\nbatch = 128\nthreads = 1\n"
                                            "[select]\nfolds = 2\ntrials = 4\njobs = 1\n"));
  }

  std::vector<std::string> words(const std::string& method, const std::string& study) const {
    std::vector<std::string> words{"select", "small.toml", "select.method=" + method,
                                   "select.study=" + study, "--json"};
    // The model of a race needs most of the time. A narrow range needs few values.
    if (method == "race") {
      words.emplace_back("select.over={ \"regularize.l2\" = { min = 1e-4, max = 1e-1 } }");
    }
    // With two epochs, this gives two rungs.
    if (method == "asha") words.emplace_back("select.factor=2");
    return words;
  }

  /// Everything that a study has, without what depends on time.
  json contents(const std::string& study) const {
    const Outcome outcome = run(folder_, {"study", "export", study, "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    json all = outcome.json();
    for (const char* name : {"study", "summary"}) all.erase(name);
    remove_times(all);
    return all;
  }

  test::Bytes weights(const std::string& study) const {
    return test::read_bytes(folder_ / study / "refit/model.safetensors");
  }

  void expect_same(const std::string& study, const std::string& straight) const {
    const json a = contents(study), b = contents(straight);
    for (const auto& [view, rows] : b.items()) EXPECT_EQ(a[view], rows) << view;
    EXPECT_EQ(weights(study), weights(straight)) << "the refit's weights";
    for (const auto& entry : fs::directory_iterator(folder_ / study)) {
      EXPECT_FALSE(entry.path().filename().string().starts_with("study.") &&
                   entry.path().filename() != "study.sqlite")
          << entry.path();
    }
  }

  /// Kills a selection `kills` times at random moments, and lets it finish. If it finishes earlier,
  /// it begins another study.
  void kill_often(const std::string& method, int kills) const;
  /// Lets two processes share a selection.
  void share(const std::string& method) const;

  const Folder folder_;
};

void Surviving::kill_often(const std::string& method, int kills) const {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const Outcome straight = run(folder_, words(method, "straight"));
  EXPECT_EQ(straight.code, 0) << straight.err;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  std::mt19937 random(20250101);
  // Several kills for each study, most of them in the middle of something.
  std::uniform_real_distribution<double> moment(0, seconds / 2);
  int studies = 1;
  for (int killed = 0; killed < kills;) {
    const std::string study = "killed-" + std::to_string(studies);
    const Outcome outcome = run(folder_, words(method, study), [&](pid_t child) {
      std::this_thread::sleep_for(std::chrono::duration<double>(moment(random)));
      kill(child, SIGKILL);
    });
    if (outcome.code == 0) {
      expect_same(study, "straight");
      ++studies;
    } else {
      EXPECT_EQ(outcome.code, 128 + SIGKILL) << outcome.err;
      ++killed;
    }
  }
  const std::string study = "killed-" + std::to_string(studies);
  const Outcome last = run(folder_, words(method, study));
  EXPECT_EQ(last.code, 0) << last.err;
  expect_same(study, "straight");
  for (const char* same : {"chosen", "rule", "tied", "trials", "test"}) {
    EXPECT_EQ(last.json()[same], straight.json()[same]) << same;
  }
  std::printf("%s: %d kills, %d studies\n", method.c_str(), kills, studies);
}

TEST_F(Surviving, AGridThatIsKilledEndsWithTheSameNumbers) {
  kill_often("grid", 4);
}

TEST_F(Surviving, ARaceThatIsKilledEndsWithTheSameNumbers) {
  kill_often("race", 4);
}

void Surviving::share(const std::string& method) const {
  const Outcome straight = run(folder_, words(method, "straight"));
  ASSERT_EQ(straight.code, 0) << straight.err;
  json second;
  const Outcome first = run(folder_, words(method, "shared"), [&](pid_t) {
    while (!fs::exists(folder_ / "shared/trials/1")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    // In a folder of its own, for its output.
    const Folder other;
    const Outcome joined = run(other, {"select", "--join", (folder_ / "shared").string(),
                                       "data.path=" + (folder_ / "images").string(), "--json"});
    EXPECT_EQ(joined.code, 0) << joined.err;
    second = joined.json();
  });
  ASSERT_EQ(first.code, 0) << first.err;
  for (const char* same : {"chosen", "rule", "tied", "trials", "test"}) {
    EXPECT_EQ(first.json()[same], straight.json()[same]) << same;
    EXPECT_EQ(second[same], straight.json()[same]) << same;
  }
  expect_same("shared", "straight");
}

TEST_F(Surviving, TwoProcessesShareARace) {
  share("race");
}

TEST_F(Surviving, TwoProcessesShareAnAsha) {
  share("asha");
}

class LongSurviving : public Surviving {};

TEST_F(LongSurviving, AGridThatIsKilledFiftyTimesEndsWithTheSameNumbers) {
  kill_often("grid", 50);
}

TEST_F(LongSurviving, ARaceThatIsKilledFiftyTimesEndsWithTheSameNumbers) {
  kill_often("race", 50);
}

}  // namespace
}  // namespace ridgeline::cli
