// Reports on single updates: on_update and steps.csv.
#include "train/step_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "train/statistics.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::Folder;
using test::message_of;
using test::pictures;

std::string text_of(const std::filesystem::path& file) {
  const auto bytes = test::read_bytes(file);
  return {bytes.begin(), bytes.end()};
}

// Four epochs of 5 updates each.
FitOptions options_for(const std::filesystem::path& run, std::int64_t every) {
  return {.epochs = 4, .batch = 10, .run = run, .log_every = every};
}

Model model_with(LossPtr loss = cross_entropy(), OptimizerSetting optimizer = adam()) {
  ModelOptions options = test::small_options();
  options.loss = std::move(loss);
  options.optimizer = std::move(optimizer);
  return Model(test::rich_network(), options);
}

TEST(StepLog, HasTheNumbersOfEveryNthUpdate) {
  const Folder run;
  FitOptions options = options_for(run.path(), 3);
  std::string expected = "step,epoch,name";
  for (const auto& [name, field] : train::mean_fields) expected += fmt::format(",{}", name);
  expected += "\n";
  std::int64_t updates = 0;
  Model model = model_with();
  options.callbacks.on_update = [&](const StepStatistics& step) {
    EXPECT_EQ(step.step, ++updates);
    EXPECT_EQ(step.epoch, (updates - 1) / 5 + 1);
    ASSERT_EQ(step.parameters.size(), model.layout().parameters.size());
    if (updates % 3 != 0) return;
    for (std::size_t p = 0; p < step.parameters.size(); ++p) {
      if (model.layout().parameters[p].spec.role == Role::statistic) continue;
      expected += fmt::format("{},{},{}", step.step, step.epoch, model.layout().parameters[p].name);
      for (const auto& [name, field] : train::mean_fields) {
        expected += fmt::format(",{}", step.parameters[p].*field);
      }
      expected += "\n";
    }
  };
  model.fit(pictures(50), options);
  EXPECT_EQ(updates, 20);
  EXPECT_EQ(text_of(run / "steps.csv"), expected);
}

// The means of an epoch are those of its steps.
TEST(StepLog, StepsAddUpToTheEpoch) {
  Model model = model_with();
  double gradients = 0, largest = 0;
  FitOptions options{.epochs = 1, .batch = 10};
  options.callbacks.on_update = [&](const StepStatistics& step) {
    gradients += step.parameters[0].gradient_norm / 5;
    largest = std::max(largest, step.parameters[0].update_ratio);
  };
  const History history = model.fit(pictures(50), options);
  const ParameterStatistics& s = history.epochs[0].statistics.parameters[0];
  EXPECT_NEAR(s.gradient_norm, gradients, 1e-12);
  EXPECT_EQ(s.largest_update, largest);
}

TEST(StepLog, NothingElseDependsOnIt) {
  const Folder with, without;
  Model logged = model_with(), plain = model_with();
  FitOptions options = options_for(with.path(), 1);
  int told = 0;
  options.callbacks.on_update = [&](const StepStatistics&) { ++told; };
  const History a = logged.fit(pictures(50), options);
  const History b = plain.fit(pictures(50), options_for(without.path(), 0));
  test::expect_same(a, b);
  EXPECT_EQ(told, 20);
  EXPECT_TRUE(test::same(test::all_weights(logged), test::all_weights(plain)));
  for (const char* file : {"model.safetensors", "diagnosis.csv"}) {
    EXPECT_EQ(text_of(with / file), text_of(without / file)) << file;
  }
  EXPECT_FALSE(std::filesystem::exists(without / "steps.csv"));
}

void expect_resumed_has_every_line_once(const OptimizerSetting& optimizer, int steps) {
  SCOPED_TRACE(testing::Message() << optimizer.optimizer->kind() << steps);
  const Folder whole_run, run;
  model_with(cross_entropy(), optimizer).fit(pictures(50), options_for(whole_run.path(), 2));
  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 2 * steps;
  FitOptions options = options_for(run.path(), 2);
  options.stop = &trap->stop;
  EXPECT_TRUE(model_with(trap, optimizer).fit(pictures(50), options).interrupted);
  const std::string begun = text_of(run / "steps.csv"), whole = text_of(whole_run / "steps.csv");
  EXPECT_LT(begun.size(), whole.size());
  EXPECT_TRUE(whole.starts_with(begun));

  options.stop = nullptr;
  options.resume = true;
  // Also if the file was ahead of the checkpoint.
  for (const std::string& found : {begun, whole}) {
    const Folder again;
    std::filesystem::copy(run.path(), again.path(), std::filesystem::copy_options::recursive);
    again.write("steps.csv", found);
    options.run = again.path();
    model_with(cross_entropy(), optimizer).fit(pictures(50), options);
    EXPECT_EQ(text_of(again / "steps.csv"), whole);
  }
}

TEST(StepLog, AResumedRunHasEveryLineOnce) {
  for (const int steps : {3, 5, 8, 12}) expect_resumed_has_every_line_once(adam(), steps);
  expect_resumed_has_every_line_once(gd({.learning_rate = 0.1}), 13);
}

TEST(StepLog, AFileThatIsCutShortIsNotGoneOnWith) {
  const Folder run;
  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 2 * 8;
  FitOptions options = options_for(run.path(), 2);
  options.stop = &trap->stop;
  model_with(trap).fit(pictures(50), options);
  options.stop = nullptr;
  options.resume = true;
  const std::string whole = text_of(run / "steps.csv");
  for (const std::size_t less : {1, 2, 40}) {
    run.write("steps.csv", whole.substr(0, whole.size() - less));
    EXPECT_THROW(model_with().fit(pictures(50), options), DataError) << less;
  }
}

TEST(StepLog, EndsWhereTrainingDiverges) {
  const Folder run;
  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 2 * 7 + 1;
  trap->result = std::numeric_limits<double>::infinity();
  EXPECT_THROW(model_with(trap).fit(pictures(50), options_for(run.path(), 1)), DivergedError);
  EXPECT_NE(text_of(run / "steps.csv").find("\n7,2,conv2d_1.kernel,"), std::string::npos);
  EXPECT_EQ(text_of(run / "steps.csv").find("\n8,"), std::string::npos);

  // A new training without a log: the old lines would belong to another training.
  std::filesystem::remove(run / "checkpoint.safetensors");
  model_with().fit(pictures(50), options_for(run.path(), 0));
  EXPECT_FALSE(std::filesystem::exists(run / "steps.csv"));
}

TEST(StepLog, FilesThatAreNotItsOwn) {
  const Folder run;
  FitOptions options = options_for(run.path(), 1);
  options.epochs = 1;
  model_with().fit(pictures(50), options);
  options.epochs = 2;
  options.resume = true;
  const std::string file = (run / "steps.csv").string(), text = text_of(run / "steps.csv");
  const auto refusal = [&](const std::string& found) {
    run.write("steps.csv", found);
    return message_of<DataError>([&] { model_with().fit(pictures(50), options); });
  };
  EXPECT_EQ(refusal("step,loss\n1,2\n").substr(0, file.size() + 16), file + ":1: its columns ");
  EXPECT_EQ(
      refusal(text + "x,1,conv2d_1.kernel\n"),
      fmt::format("{}:{}: does not begin with a step", file, std::ranges::count(text, '\n') + 1));
  EXPECT_EQ(message_of<UsageError>([&] { model_with().fit(pictures(50), {.log_every = -1}); }),
            "train.log_every must not be negative, but is -1");
}

}  // namespace
}  // namespace ridgeline
