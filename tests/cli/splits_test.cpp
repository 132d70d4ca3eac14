// How a selection divides its images, and what it says of images that did not choose.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Folder;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class Dividing : public testing::Test {
 protected:
  Dividing() {
    test::write_images(folder_, "images", 120, 30);
    folder_.write("small.toml",
                  std::string("[data]\nsource = \"idx\"\npath = \"images\"\n"
                              "[model]\npreset = \"mlp\"\n"
                              "[train]\nepochs = 2\nbatch = 16\n"
                              "[select]\nmethod = \"grid\"\ntrials = 2\nstudy = \"study\"\n"));
  }

  Outcome select(std::vector<std::string> more) {
    more.insert(more.begin(), {"select", "small.toml"});
    return run(folder_, more);
  }
  /// Photographs of `groups` in a folder for each class: 8 x 8, one half bright.
  void write_photos(const std::string& part, const std::vector<std::string>& groups) {
    for (const char* name : {"left", "right"}) {
      for (const std::string& group : groups) {
        for (int i = 0; i < 4; ++i) {
          std::string file = "P5\n8 8\n255\n";
          for (int p = 0; p < 64; ++p) {
            const bool bright = (p % 8 < 4) == (name == std::string("left"));
            const auto seed = static_cast<int>(group.back()) * 7 + i * 3 + p;
            file += static_cast<char>((bright ? 90 : 10) + seed % 30);
          }
          folder_.write(
              "photos/" + part + "/" + name + "/" + group + "/" + std::to_string(i) + ".pgm", file);
        }
      }
    }
  }
  Outcome select_photos(std::vector<std::string> more) {
    more.insert(more.begin(), {"select", "data.source=folder", "data.path=photos",
                               "data.groups=folder", "model.preset=mlp", "train.epochs=2",
                               "train.batch=4", "select.trials=2", "select.study=study"});
    return run(folder_, more);
  }
  void write_folds(const std::function<std::string(int)>& fold) {
    std::string text = "image,fold\n";
    for (int i = 0; i < 120; ++i) text += std::to_string(i) + "," + fold(i) + "\n";
    folder_.write("folds.csv", text);
  }

  const Folder folder_;
};

TEST_F(Dividing, NestedCrossValidationMeasuresTheWholeSelection) {
  const Outcome outcome = select({"select.folds=2", "select.outer_folds=3", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json result = outcome.json(), nested = result["nested"];
  ASSERT_EQ(nested["folds"].size(), 3U);
  double mean = 0;
  for (const json& fold : nested["folds"]) {
    EXPECT_EQ(fold["images"], 40);
    EXPECT_TRUE(fold["chosen"].contains("regularize.l2"));
    mean += fold["score"].get<double>() / 3;
  }
  EXPECT_NEAR(nested["score"].get<double>(), mean, 1e-9);
  EXPECT_GT(nested["standard_error"], 0);
  EXPECT_EQ(result["cost"]["trainings"], 4 * 5);
  EXPECT_EQ(result["test_looks"], 1);
  EXPECT_THAT(outcome.err, HasSubstr("To do: 20 trainings (2 candidates on 2 folds, and the refit; "
                                     "also without each of 3 outer folds)"));
  for (const char* text : {"\nWithout outer fold 3 of 3\n", "on the 40 images of the outer fold",
                           "\nOn all training images\n"}) {
    EXPECT_THAT(outcome.err, HasSubstr(text));
  }
  const Outcome again = run(folder_, {"select", "--resume", "study"});
  EXPECT_THAT(again.out,
              HasSubstr("The whole selection on images that it did not see: data_loss "));
  EXPECT_THAT(again.out, HasSubstr("Chosen in the outer folds: regularize.l2 "));
  EXPECT_TRUE(
      select({"select.folds=2", "select.study=plain", "--json"}).json()["nested"].is_null());
}

TEST_F(Dividing, AnOuterFoldIsContinuedByItsStudy) {
  ASSERT_EQ(select({"select.folds=2", "select.outer_folds=2"}).code, 0);
  const auto refused = [&](const std::string& command, const std::string& folder) {
    const Outcome outcome = run(folder_, {command, "--resume", folder});
    EXPECT_EQ(outcome.code, 2) << folder;
    EXPECT_THAT(outcome.err,
                HasSubstr("fold of a study: ridgeline select --resume study continues"));
  };
  refused("select", "study/outer/1");
  refused("select", "./study/outer/2/");
  refused("train", "study/outer/1/refit");
  refused("train", "study/outer/1/trials/1/fold-2");
}

TEST_F(Dividing, AStoppedNestedSelectionEndsTheSame) {
  // A small network writes small checkpoints, which take most of the time.
  const std::vector<std::string> words{
      "select.folds=2", "select.outer_folds=2", "train.epochs=8",
      "model.layers=[{ flatten = {} }, { dense = { units = 3, activation = \"softmax\" } }]"};
  for (const int signal : {SIGINT, SIGKILL}) {
    const Outcome stopped = run(folder_, joined({"select", "small.toml"}, words), [&](pid_t child) {
      const std::string outer = signal == SIGINT ? "1" : "2";
      while (!std::filesystem::exists(folder_ / ("study/outer/" + outer + "/trials/2/fold-1"))) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      kill(child, signal);
    });
    ASSERT_EQ(stopped.code, signal == SIGINT ? 130 : 128 + SIGKILL) << stopped.err;
  }
  const Outcome resumed = run(folder_, {"select", "--resume", "study", "--json"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  const Outcome straight =
      run(folder_, joined({"select", "small.toml", "select.study=straight", "--json"}, words));
  for (const char* what : {"nested", "chosen", "test"}) {
    EXPECT_EQ(resumed.json()[what], straight.json()[what]) << what;
  }
}

TEST_F(Dividing, RepeatsAreSaid) {
  const Outcome outcome = select({"select.folds=2", "select.repeats=3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("120 training images in 2 folds, 3 times, "));
  EXPECT_THAT(outcome.out, HasSubstr("2 candidates on 6 folds"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "study/trials/2/fold-6/model.safetensors"));
  const json cost = run(folder_, {"select", "--resume", "study", "--json"}).json()["cost"];
  EXPECT_EQ(cost["grid_trainings"], 2 * 6 * 0.5 + 1);
  EXPECT_EQ(cost["grid_trainings"], cost["whole_trainings"]) << "it is a grid";
  const Outcome other = select({"select.folds=2", "select.repeats=2"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("select.repeats = 3, not 2"));
}

TEST_F(Dividing, AFileNamesTheFolds) {
  write_folds([](int i) { return i % 6 == 0 ? std::string() : std::to_string(i % 4); });
  const Outcome outcome = select({"select.fold_file=folds.csv", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json cost = outcome.json()["cost"];
  EXPECT_EQ(cost["trainings"], 2 * 4 + 1);
  // 100 of the 120 images are in one of four folds, the others in the training images of each.
  EXPECT_NEAR(cost["grid_trainings"], 2 * (4 * 120 - 100) / 120. + 1, 1e-9);
  EXPECT_NEAR(cost["grid_trainings"], cost["whole_trainings"], 1e-9);
  EXPECT_EQ(outcome.json()["trials"][0]["validation"]["images"], 100);
  // The study knows where the file is, and the folds that it had.
  EXPECT_EQ(run(folder_, {"select", "--resume", "study"}).code, 0);
  write_folds([](int i) { return std::to_string(i % 4); });
  const Outcome changed = run(folder_, {"select", "--resume", "study"});
  EXPECT_EQ(changed.code, 2);
  EXPECT_THAT(changed.err, HasSubstr("begun with the images of the folds = "));
}

TEST_F(Dividing, TheFoldsOfAFileAreTheOuterFoldsToo) {
  write_folds([](int i) { return std::to_string(i / 3 % 3); });
  const Outcome outcome = select({"select.fold_file=folds.csv", "select.outer_folds=3", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["nested"]["folds"][2]["images"], 39);
  const Outcome other = select({"select.fold_file=folds.csv", "select.outer_folds=2"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("select.fold_file has 3 folds, which are the outer folds, too"));
}

TEST_F(Dividing, AWrongFileOfFoldsLeavesNothing) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"image,fold\n0,1\n0,2\n", "folds.csv:3: 0 is in line 2 already"},
      {"image,fold\n400,1\n", "folds.csv:2: 400 is none of the training images"},
      {"image,fold\n0,1\n1,2\n", "folds.csv: image 2 has no row"},
      {"", "folds.csv: is empty"},
      {"a,b\n", "folds.csv:1: there is no column \"image\""},
  };
  for (const auto& [text, part] : wrong) {
    folder_.write("folds.csv", text);
    const Outcome outcome = select({"select.fold_file=folds.csv"});
    EXPECT_EQ(outcome.code, 3) << text;
    EXPECT_THAT(outcome.err, HasSubstr(part));
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "study")) << text;
  }
  EXPECT_EQ(select({"select.fold_file=nothing.csv"}).code, 3);
}

TEST_F(Dividing, LeaveOneGroupOutTrainsWithoutEachGroup) {
  write_photos("train", {"g1", "g2", "g3"});
  const Outcome outcome =
      select_photos({"select.split=leave-groups-out", "select.method=grid", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json cost = outcome.json()["cost"];
  EXPECT_EQ(cost["trainings"], 2 * 3 + 1);
  EXPECT_NEAR(cost["grid_trainings"], 2 * 2 + 1, 1e-9);
  EXPECT_NEAR(cost["grid_trainings"], cost["whole_trainings"], 1e-9);
  EXPECT_EQ(outcome.json()["trials"][0]["validation"]["images"], 24);
  EXPECT_THAT(outcome.err, HasSubstr("24 training images in folds that leave out 1 group"));
  const Outcome too_many = select_photos(
      {"select.split=leave-groups-out", "select.leave_groups=3", "select.study=other"});
  EXPECT_EQ(too_many.code, 2);
  EXPECT_THAT(too_many.err, HasSubstr("of 3 groups leaves no images to train on"));
  const Outcome without = select({"select.split=leave-groups-out"});
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("needs groups of images: name them by data.groups"));
}

TEST_F(Dividing, GroupsInTheTestPartAreSaid) {
  write_photos("train", {"g1", "g2", "g3"});
  write_photos("test", {"g3", "g4"});
  const Outcome outcome = select_photos({"select.folds=3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err,
            "8 of the 16 test images are of groups (data.groups) that training has, too: the test "
            "score is then not one of new groups\n");
}

TEST_F(Dividing, TrainingImagesAreNoTestImages) {
  write_photos("train", {"g1", "g2", "g3"});
  for (const char* test : {"photos", "./photos/../photos"}) {
    const Outcome outcome = select_photos({"select.folds=3", std::string("data.test=") + test});
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(" is a test image and a training image: the test set must "
                                       "have other images (data.test)"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "study"));
  }
}

TEST_F(Dividing, NoScoreComesFromTheTestSet) {
  for (const char* metric : {"test_accuracy", "test_data_loss"}) {
    const Outcome outcome = select({std::string("select.metric=") + metric});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("the test set is measured once, after the choice"));
  }
}

TEST_F(Dividing, ASecondLookAtTheTestSetIsSaid) {
  // All images are soon classified correctly, so that more epochs improve the loss alone.
  const std::vector<std::string> words{"select.folds=2", "select.rule=best", "regularize.l2=0",
                                       "select.over={ \"train.epochs\" = [10, 16] }"};
  const Outcome first = select(words);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, Not(HasSubstr("on the test set")));
  const auto again = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"select", "--resume", "study"});
    const Outcome outcome = run(folder_, more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome;
  };
  const Outcome other = again({"select.metric=val_accuracy"});
  EXPECT_THAT(other.out, HasSubstr("This study has measured 2 models on the test set"));
  EXPECT_EQ(again({"--json"}).json()["test_looks"], 2);
  const Outcome back = again({"select.metric=val_data_loss", "--json"});
  EXPECT_EQ(back.json()["test_looks"], 2) << "the first model is known";
}

TEST_F(Dividing, ClassesWithFewerImagesThanFoldsAreSaid) {
  const Outcome outcome = select({"data.limit=9", "select.folds=4", "train.batch=2"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("3 of 3 classes have fewer images than there are folds (4): "
                                     "some folds do not measure them; the smallest is 0 with 3"));
}

}  // namespace
}  // namespace ridgeline::cli
