#include <fstream>

#include "train/checkpoint.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;

ModelOptions options_with(OptimizerSetting optimizer, LossPtr loss = cross_entropy()) {
  ModelOptions options = test::small_options();
  options.optimizer = std::move(optimizer);
  options.loss = std::move(loss);
  return options;
}

FitOptions fit_options(const Folder& folder) {
  return {.epochs = 4,
          .batch = 10,
          .validation = 0.2,
          .augment = {"flip", "crop:1", "mixup:0.4", "cutmix:1", "cutout:2", "noise:0.1"},
          .metrics = {"f1", "f1:micro", "roc_auc", "ece:5", "brier"},
          .run = folder.path()};
}

std::string text_of(const std::filesystem::path& file) {
  const auto bytes = test::read_bytes(file);
  return {bytes.begin(), bytes.end()};
}

// A CSV file without its second and third column, the times.
std::string without_times(const std::string& csv) {
  std::string text;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(','), third = line.find(',', line.find(',', first + 1) + 1);
    text += line.substr(0, first) + line.substr(third) + "\n";
  }
  return text;
}

// 40 images of the first class, 12 and 8 of the others.
Dataset unbalanced_pictures() {
  const Dataset data = pictures(120);
  const std::vector<std::size_t> wanted = {40, 12, 8};
  std::vector<std::size_t> which, taken(3);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto label = static_cast<std::size_t>(data.label(i));
    if (taken[label]++ < wanted[label]) which.push_back(i);
  }
  return data.subset(which);
}

// A training of 4 epochs of 5 steps that is interrupted after `steps` steps, and continues in
// another model, gives the same results as an uninterrupted one.
void expect_resumed_equals_uninterrupted(const OptimizerSetting& optimizer, int steps,
                                         const std::string& sampling = "shuffle") {
  SCOPED_TRACE(testing::Message() << "stopped behind step " << steps);
  const Dataset data = sampling == "shuffle" ? pictures(60) : unbalanced_pictures();
  const auto fit_options = [&](const Folder& folder) {
    FitOptions options = ridgeline::fit_options(folder);
    options.sampling = sampling;
    return options;
  };
  const Folder whole_run, run;
  Model whole(test::rich_network(), options_with(optimizer));
  const History expected = whole.fit(data, fit_options(whole_run));

  const auto trap = std::make_shared<test::Trap>();
  trap->shards_until = 2 * steps;
  Model first(test::rich_network(), options_with(optimizer, trap));
  FitOptions options = fit_options(run);
  options.stop = &trap->stop;
  const History begun = first.fit(data, options);
  EXPECT_TRUE(begun.interrupted);
  ASSERT_EQ(static_cast<int>(begun.epochs.size()), steps / 5);

  Model second(test::rich_network(), options_with(optimizer));
  options.stop = nullptr;
  options.resume = true;
  const History history = second.fit(data, options);
  EXPECT_FALSE(history.interrupted);
  test::expect_same(history, expected);
  EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));
  EXPECT_EQ(without_times(text_of(run / "history.csv")),
            without_times(text_of(whole_run / "history.csv")));
  EXPECT_EQ(text_of(run / "diagnosis.csv"), text_of(whole_run / "diagnosis.csv"));
  EXPECT_EQ(text_of(run / "model.safetensors"), text_of(whole_run / "model.safetensors"));
}

TEST(Resume, AdamGivesTheSameBits) {
  for (const int steps : {1, 5, 8, 13}) {
    expect_resumed_equals_uninterrupted(adam({.learning_rate = 0.01}), steps);
  }
}

TEST(Resume, BalancedSamplingGivesTheSameBits) {
  for (const int steps : {1, 8}) {
    expect_resumed_equals_uninterrupted(adam({.learning_rate = 0.01}), steps, "balanced");
  }
}

TEST(Resume, MomentumAndASchedule) {
  Schedule rate;
  rate.kind = "cosine";
  rate.value = 0.1;
  expect_resumed_equals_uninterrupted(sgd({.learning_rate = rate, .momentum = 0.9}), 7);
}

TEST(Resume, OptimizersOfEveryScopeGiveTheSameBits) {
  for (const auto& setting : {nadam(), rmsprop({.momentum = 0.5, .centered = true}), lamb(),
                              lars({.learning_rate = 0.1}), muon()}) {
    SCOPED_TRACE(setting.optimizer->kind());
    expect_resumed_equals_uninterrupted(setting, 8);
  }
}

TEST(Resume, LbfgsRemembersTheUpdatesBefore) {
  // With one update for each epoch, three have been made.
  expect_resumed_equals_uninterrupted(lbfgs({.history = 2}), 15);
}

TEST(Resume, SlowWeightsGoOn) {
  for (const auto& setting :
       {lookahead(lion(), {.interval = 3}), lookahead(sgd(), {.interval = 7})}) {
    SCOPED_TRACE(setting.optimizer->kind());
    expect_resumed_equals_uninterrupted(setting, 8);
  }
}

TEST(Resume, FullBatchBeginsTheEpochAgain) {
  // Here the trap's steps are parts of a gradient. It stops within the second update.
  expect_resumed_equals_uninterrupted(gd({.learning_rate = 0.1, .momentum = 0.9}), 8);
}

TEST(Resume, AFinishedRunIsReadBackAndMayGoOnForLonger) {
  const Dataset data = pictures(60);
  const Folder run, whole_run;
  const auto optimizer = adam({.learning_rate = 0.01});
  Model model(test::rich_network(), options_with(optimizer));
  FitOptions options = fit_options(run);
  const History history = model.fit(data, options);

  options.resume = true;
  Model again(test::rich_network(), options_with(optimizer));
  test::expect_same(again.fit(data, options), history);
  EXPECT_TRUE(test::same(all_weights(again), all_weights(model)));

  options.epochs = 6;
  Model longer(test::rich_network(), options_with(optimizer));
  const History further = longer.fit(data, options);
  FitOptions at_once = fit_options(whole_run);
  at_once.epochs = 6;
  Model whole(test::rich_network(), options_with(optimizer));
  test::expect_same(further, whole.fit(data, at_once));
  EXPECT_TRUE(test::same(all_weights(longer), all_weights(whole)));
}

TEST(Resume, FromTheStartWhereThereIsNoCheckpoint) {
  const Folder run, other;
  FitOptions options = fit_options(run);
  options.resume = true;
  Model model(test::rich_network(), options_with(adam()));
  EXPECT_EQ(model.fit(pictures(60), options).epochs.size(), 4u);
}

TEST(Resume, ShardsAreTheCheckpointsWhereTheyAreLeftToUs) {
  const Dataset data = pictures(60);
  const Folder run;
  FitOptions options = fit_options(run);
  options.epochs = 1;
  ModelOptions two = options_with(adam());
  Model(test::rich_network(), two).fit(data, options);
  options.epochs = 2;
  options.resume = true;

  ModelOptions three = two;
  three.shards = 3;
  Model fixed(test::rich_network(), three);
  EXPECT_EQ(message_of<UsageError>([&] { fixed.fit(data, options); }),
            (run / "checkpoint.safetensors").string() +
                " was made with train.shards = 2, not 3: resume with that");
  ModelOptions automatic = two;
  automatic.shards = 0;
  automatic.threads = 3;
  Model model(test::rich_network(), automatic);
  EXPECT_EQ(model.options().shards, 3);
  EXPECT_EQ(model.fit(data, options).epochs.size(), 2u);
  EXPECT_EQ(model.options().shards, 2);
}

TEST(Resume, OtherSettingsAreRefusedByName) {
  const Dataset data = pictures(60);
  const Folder run;
  FitOptions options = fit_options(run);
  options.epochs = 1;
  Model(test::rich_network(), options_with(adam())).fit(data, options);
  options.resume = true;
  const std::string file = (run / "checkpoint.safetensors").string();
  const auto refusal = [&](const ModelOptions& model_options, const FitOptions& fit,
                           const Dataset& images) {
    Model model(test::rich_network(), model_options);
    const auto before = all_weights(model);
    const std::string message = message_of<UsageError>([&] { model.fit(images, fit); });
    EXPECT_TRUE(test::same(all_weights(model), before));
    EXPECT_EQ(message.substr(0, file.size()), file);
    return message.substr(file.size());
  };
  FitOptions batch = options;
  batch.batch = 12;
  EXPECT_EQ(refusal(options_with(adam()), batch, data),
            " was made with train.batch = 10, not 12: resume with that, or start again");
  FitOptions sampling = options;
  sampling.sampling = "balanced";
  EXPECT_EQ(refusal(options_with(adam()), sampling, data),
            " was made with another setting of 'data.sampling': resume with that, or start again");
  ModelOptions half = options_with(adam());
  half.compute.precision = Precision::bf16;
  EXPECT_EQ(refusal(half, options, data),
            " was made with train.precision = fp32, not bf16: resume with that, or start again");
  ModelOptions seed = options_with(adam());
  seed.seed = 7;
  EXPECT_EQ(refusal(seed, options, data),
            " was made with train.seed = 1, not 7: resume with that, or start again");
  EXPECT_EQ(refusal(options_with(sgd()), options, data),
            " was made with another setting of 'optimizer': resume with that, or start again");
  EXPECT_NE(refusal(options_with(adam()), options, pictures(59)).find("images"), std::string::npos);
}

TEST(Resume, ACorruptCheckpointIsADataError) {
  const Dataset data = pictures(60);
  const Folder run;
  FitOptions options = fit_options(run);
  options.epochs = 1;
  Model(test::rich_network(), options_with(adam())).fit(data, options);
  options.resume = true;
  auto bytes = test::read_bytes(run / "checkpoint.safetensors");
  bytes.resize(bytes.size() - 10);
  run.write("checkpoint.safetensors", bytes);
  Model model(test::rich_network(), options_with(adam()));
  EXPECT_NE(message_of<DataError>([&] { model.fit(data, options); }).find("truncated"),
            std::string::npos);
}

TEST(Resume, AStepBehindTheEpochsLastIsADataError) {
  const Folder folder;
  const auto file = folder / "checkpoint.safetensors";
  train::ModelCore saved(test::rich_network(), options_with(adam()));
  saved.state.weights(0)[0] = 7;
  train::ModelCore core(test::rich_network(), options_with(adam()));
  const float before = core.state.weights(0)[0];
  for (const std::int64_t step : {-1, 6}) {
    train::save_checkpoint(file, saved, {.step = step}, {});
    EXPECT_EQ(message_of<DataError>([&] {
                train::load_checkpoint(file, core, {{}, 5, {}});
              }),
              file.string() + ": its counters are out of range");
    EXPECT_EQ(core.state.weights(0)[0], before);
  }
  train::save_checkpoint(file, saved, {.step = 5}, {});
  EXPECT_EQ(train::load_checkpoint(file, core, {{}, 5, {}}).step, 5);
  EXPECT_EQ(core.state.weights(0)[0], 7);
}

TEST(Resume, AModelIsNoCheckpoint) {
  const Dataset data = pictures(60);
  const Folder run;
  FitOptions options = fit_options(run);
  options.resume = true;
  Model model(test::rich_network(), options_with(adam()));
  model.save(run / "checkpoint.safetensors");
  EXPECT_EQ(message_of<DataError>([&] { model.fit(data, options); }),
            (run / "checkpoint.safetensors").string() +
                ": not a ridgeline-checkpoint file: its metadata give the format "
                "'ridgeline-model'");
}

TEST(Resume, InterruptedBeforeTheFirstStep) {
  const Folder run;
  const std::atomic<bool> stop = true;
  FitOptions options = fit_options(run);
  options.stop = &stop;
  Model model(test::rich_network(), options_with(adam()));
  const auto before = all_weights(model);
  const History history = model.fit(pictures(60), options);
  EXPECT_TRUE(history.interrupted);
  EXPECT_EQ(history.best_epoch, 0);
  EXPECT_TRUE(test::same(all_weights(model), before));
  EXPECT_TRUE(std::filesystem::exists(run / "checkpoint.safetensors"));
}

}  // namespace
}  // namespace ridgeline
