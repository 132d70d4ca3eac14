// Reads a training from the files of its run.
#include <fmt/format.h>

#include <fstream>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using test::pictures;

class RunRecord : public testing::Test {
 protected:
  RunRecord() {
    history_ = model_.fit(pictures(60),
                          {.epochs = 3, .batch = 10, .validation = 0.2, .run = folder_ / "run"});
  }
  // Replaces a text in a line of a file. The first line is 1.
  void change(const std::string& file, int line, const std::string& from, const std::string& to) {
    std::ifstream in(folder_ / "run" / file);
    std::string text, changed;
    for (int n = 1; std::getline(in, text); ++n) {
      const auto at = text.find(from);
      if (n == line) {
        ASSERT_NE(at, std::string::npos) << text;
        text.replace(at, from.size(), to);
      }
      changed += text + "\n";
    }
    folder_.write("run/" + file, changed);
  }
  std::string refusal() {
    return message_of<DataError>([&] { load_history(folder_ / "run", model_); });
  }
  std::string in_run(const std::string& file) { return (folder_ / "run" / file).string(); }

  Folder folder_;
  Model model_ = Model(test::rich_network(), test::small_options());
  History history_;
};

TEST_F(RunRecord, GivesWhatTheTrainingGave) {
  const History read = load_history(folder_ / "run", model_);
  ASSERT_EQ(read.epochs.size(), 3u);
  EXPECT_EQ(read.verdicts, history_.verdicts);
  EXPECT_FALSE(read.verdicts.empty());
  for (std::size_t i = 0; i < 3; ++i) {
    const Epoch &a = read.epochs[i], &b = history_.epochs[i];
    EXPECT_TRUE(a.statistics == b.statistics);
    EXPECT_EQ(a.train.data_loss, b.train.data_loss);
    EXPECT_EQ(a.validation->data_loss, b.validation->data_loss);
    EXPECT_EQ(a.validation->data_loss_error, b.validation->data_loss_error);
  }
}

TEST_F(RunRecord, FilesThatAreBroken) {
  change("diagnosis.csv", 2, "conv2d_1.kernel", "conv2d_9.kernel");
  EXPECT_EQ(refusal(), in_run("diagnosis.csv") +
                           ":2: the model has neither a layer nor a parameter 'conv2d_9.kernel'");
  change("diagnosis.csv", 2, "conv2d_9.kernel,", "conv2d_1.kernel,x");
  EXPECT_NE(refusal().find("diagnosis.csv:2: 'x"), std::string::npos);
  change("diagnosis.csv", 2, "conv2d_1.kernel,", "conv2d_1.kernel");
  EXPECT_EQ(refusal(), in_run("diagnosis.csv") + ":2: has 14 cells, not 15");
  change("diagnosis.csv", 1, "shrink", "shrank");
  EXPECT_THROW(load_history(folder_ / "run", model_), DataError);
  folder_.write("run/diagnosis.csv", std::string());
  EXPECT_EQ(refusal(), in_run("diagnosis.csv") + ":1: is empty");
  change("history.csv", 1, "train_data_loss", "data_loss");
  EXPECT_EQ(refusal(), in_run("history.csv") + ":2: there is no column train_data_loss");
}

TEST_F(RunRecord, EpochsThatNobodyCounts) {
  for (const char* wrong : {"nan", "1e+300", "-1", "1.5"}) {
    folder_.write("run/history.csv", fmt::format("epoch\n{}\n", wrong));
    EXPECT_EQ(refusal(), in_run("history.csv") +
                             ":2: epoch must be a whole number of at least 0, not " + wrong);
  }
}

TEST_F(RunRecord, FilesOfBeforeThePeaks) {
  for (const char* column : {"largest_gradient_norm", "largest_update_ratio"}) {
    change("diagnosis.csv", 1, column, std::string("other") + column);
  }
  const History read = load_history(folder_ / "run", model_);
  EXPECT_EQ(read.epochs[0].statistics.parameters[0].largest_gradient, 0);
  EXPECT_GT(history_.epochs[0].statistics.parameters[0].largest_gradient, 0);
}

// Diverges after `steps` steps, with 5 steps in each epoch. The folder must report that.
TEST(DivergedRun, GivesWhatTheErrorGave) {
  for (const int steps : {0, 3, 5, 8}) {
    SCOPED_TRACE(steps);
    const Folder run;
    const auto trap = std::make_shared<test::Trap>();
    trap->shards_until = 2 * steps + 1;
    trap->result = std::numeric_limits<double>::quiet_NaN();
    ModelOptions options = test::small_options();
    options.loss = trap;
    Model model(test::rich_network(), options);
    const FitOptions fit{.epochs = 3, .batch = 10, .run = run.path()};
    std::optional<DivergedError> thrown;
    try {
      model.fit(pictures(50), fit);
    } catch (const DivergedError& error) {
      thrown = error;
    }
    ASSERT_TRUE(thrown);
    ASSERT_EQ(thrown->verdicts.size(), 1u);

    EXPECT_THROW(Model::load(run / "diverged.safetensors"), DataError);
    EXPECT_THROW(model.load_weights(run / "diverged.safetensors"), DataError);
    const Model left = Model::load_diverged(run / "diverged.safetensors");
    EXPECT_TRUE(test::same(test::all_weights(left), test::all_weights(model)));
    const History read = load_history(run.path(), left);
    EXPECT_EQ(read.diverged, thrown->what());
    EXPECT_EQ(read.verdicts, thrown->verdicts);
    EXPECT_EQ(static_cast<int>(read.epochs.size()), steps / 5);
    ASSERT_TRUE(read.broken_off);
    EXPECT_EQ(read.broken_off->epoch, steps / 5 + 1);
    EXPECT_EQ(read.broken_off->learning_rate, 0.01);
    EXPECT_EQ(read.broken_off->statistics.steps, steps % 5);

    // If it continues from the last epoch's end, or from the beginning, the divergence leaves no
    // trace.
    const Folder other;
    Model whole(test::rich_network(), test::small_options());
    FitOptions plain = fit;
    plain.run = other.path();
    const History expected = whole.fit(pictures(50), plain);
    plain.run = run.path();
    plain.resume = true;
    Model again(test::rich_network(), test::small_options());
    test::expect_same(again.fit(pictures(50), plain), expected);
    EXPECT_EQ(test::read_bytes(run / "diagnosis.csv"), test::read_bytes(other / "diagnosis.csv"));
    EXPECT_FALSE(std::filesystem::exists(run / "diverged.safetensors"));
    EXPECT_FALSE(load_history(run.path(), again).broken_off);
  }
}

TEST_F(RunRecord, AModelThatDidNotDiverge) {
  std::filesystem::copy_file(folder_ / "run/model.safetensors",
                             folder_ / "run/diverged.safetensors");
  EXPECT_NE(refusal().find(in_run("diverged.safetensors")), std::string::npos) << refusal();
}

TEST(DivergedRun, WithoutStatisticsThereIsNothingToDiagnose) {
  const Folder run;
  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 5;
  trap->result = std::numeric_limits<double>::infinity();
  ModelOptions options = test::small_options();
  options.loss = trap;
  Model model(test::rich_network(), options);
  try {
    model.fit(pictures(50), {.batch = 10, .run = run.path(), .statistics = false});
    ADD_FAILURE();
  } catch (const DivergedError& error) {
    EXPECT_TRUE(error.verdicts.empty());
  }
  EXPECT_FALSE(std::filesystem::exists(run / "diverged.safetensors"));
}

TEST_F(RunRecord, FilesThatAreMissing) {
  std::filesystem::remove(folder_ / "run/diagnosis.csv");
  EXPECT_EQ(message_of<ResourceError>([&] { load_history(folder_ / "run", model_); }),
            in_run("diagnosis.csv") + " cannot be read: No such file or directory");
}

TEST_F(RunRecord, AnEpochMoreInOneOfTheFiles) {
  std::ofstream(folder_ / "run/diagnosis.csv", std::ios::app) << "4,6,conv2d_1,,,,,,,,,,1,1,0\n";
  EXPECT_EQ(load_history(folder_ / "run", model_).epochs.size(), 3u);
}

}  // namespace
}  // namespace ridgeline
