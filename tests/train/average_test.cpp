// Compares averages of the weights with PyTorch's, and with closed forms over plain trainings.
#include "train/average.hpp"

#include <fmt/format.h>

#include "support/golden.hpp"
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using test::pictures;
using test::small_network;
using test::small_options;
using train::Average;
using train::Averaged;

TEST(Average, EqualsPyTorchs) {
  const auto cases = golden::read("averages.txt");
  ASSERT_EQ(cases.size(), 2u);
  for (const auto& [name, arrays] : cases) {
    const Average average({.epochs = 8, .average = name, .average_decay = 0.9, .average_from = 0});
    engine::State state({{"dense_1.kernel", 0, {"kernel", {3, 6}, Role::kernel, "zeros"}}});
    Averaged averaged;
    for (int step = 0; step < 8; ++step) {
      std::ranges::copy(arrays.at(fmt::format("weights:{}", step)), state.weights(0).begin());
      average.after_update(state, averaged);
      average.after_epoch(state, step + 1, averaged);
      const auto& expected = arrays.at(fmt::format("average:{}", step));
      ASSERT_EQ(averaged.count, step + 1) << name;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(averaged.weights[i], expected[i], 1e-6) << name << " " << step;
      }
    }
  }
}

// With batch normalisation, and without random numbers.
Network normed_network() {
  return Network{conv2d({.filters = 4}), batch_norm2d({.momentum = 0.6}), activation("relu"),
                 flatten(), dense({.units = test::classes, .activation = "softmax"})};
}

FitOptions one_step_epochs(int epochs) {
  return {.epochs = epochs, .batch = 30};
}

ModelOptions descent() {
  ModelOptions options = small_options();
  options.optimizer = sgd({.learning_rate = 0.2, .momentum = 0.9});
  return options;
}

// The weights after 1, 2, ... epochs of one step each.
std::vector<std::vector<float>> trajectory(const Network& network, int epochs) {
  std::vector<std::vector<float>> all;
  for (int n = 1; n <= epochs; ++n) {
    Model model(network, descent());
    model.fit(pictures(30), one_step_epochs(n));
    all.push_back(all_weights(model));
  }
  return all;
}

void expect_near(const std::vector<float>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-6) << i;
}

TEST(Average, EmaIsTheClosedFormWithTheStatistics) {
  const auto weights = trajectory(normed_network(), 4);
  std::vector<double> expected(weights[0].size());
  const double d = 0.7, shares[] = {d * d * d, (1 - d) * d * d, (1 - d) * d, 1 - d};
  for (std::size_t n = 0; n < 4; ++n) {
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += shares[n] * weights[n][i];
  }
  Model model(normed_network(), descent());
  FitOptions options = one_step_epochs(4);
  options.average = "ema";
  options.average_decay = d;
  model.fit(pictures(30), options);
  expect_near(all_weights(model), expected);
}

TEST(Average, SwaIsTheMeanOverTheLastEpochs) {
  const auto weights = trajectory(small_network(), 4);
  // The first averaged epoch for each setting.
  for (const auto& [from, first] : {std::pair(0.0, 1), {0.5, 3}, {0.75, 4}, {2.0, 2}, {4.0, 4}}) {
    SCOPED_TRACE(from);
    std::vector<double> expected(weights[0].size());
    for (int n = first; n <= 4; ++n) {
      for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] +=
            static_cast<double>(weights[static_cast<std::size_t>(n) - 1][i]) / (4 - first + 1);
      }
    }
    Model model(small_network(), descent());
    FitOptions options = one_step_epochs(4);
    options.average = "swa";
    options.average_from = from;
    model.fit(pictures(30), options);
    expect_near(all_weights(model), expected);
  }
}

TEST(Average, SwaWhoseFirstEpochNeverComesIsRefused) {
  Model model(small_network(), descent());
  FitOptions options = one_step_epochs(3);
  options.average = "swa";
  options.average_from = 5;
  EXPECT_EQ(test::message_of<UsageError>([&] { model.fit(pictures(30), options); }),
            "train.average_from is 5 but train.epochs is 3: no epoch would be averaged");
}

// The mean of 4 epochs' weights. The statistics are measured over batches of `batch` images. An
// update of all 30 images has one or two batches.
Model swa_model(std::int64_t batch) {
  Model model(normed_network(), descent());
  FitOptions options = one_step_epochs(4);
  options.average = "swa";
  options.average_from = 0;
  options.batch = batch;
  options.accumulate = 30 / batch;
  model.fit(pictures(30), options);
  return model;
}

// A batch normalisation with momentum 0 keeps the statistics of the last batch. With one batch and
// a learning rate of 0, these are the statistics of all images with the given weights.
Model with_statistics_of_all(const Model& model) {
  ModelOptions options = descent();
  options.optimizer = sgd({.learning_rate = 0});
  Model measured(Network{conv2d({.filters = 4}), batch_norm2d({.momentum = 0}), activation("relu"),
                         flatten(), dense({.units = test::classes, .activation = "softmax"})},
                 options);
  for (const Parameter& p : model.layout().parameters) {
    measured.set_weights(p.name, model.weights(p.name));
  }
  measured.fit(pictures(30), {.epochs = 1, .batch = 30});
  return measured;
}

TEST(Average, SwaMeasuresTheStatisticsAgain) {
  for (const std::int64_t batch : {30, 15}) {
    SCOPED_TRACE(batch);
    const Model model = swa_model(batch), all = with_statistics_of_all(model);
    const auto mean = model.weights("batch_norm2d_1.moving_mean");
    const auto variance = model.weights("batch_norm2d_1.moving_variance");
    const auto whole_mean = all.weights("batch_norm2d_1.moving_mean");
    const auto whole_variance = all.weights("batch_norm2d_1.moving_variance");
    // The mean variance of two halves lacks the variance of their means.
    const float share = batch == 30 ? 1e-5f : 0.05f;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      EXPECT_NEAR(mean[c], whole_mean[c], 1e-5);
      EXPECT_NEAR(variance[c], whole_variance[c], share * whole_variance[c]);
    }
  }
}

TEST(Average, TrainingGoesOnByThePlainWeights) {
  const Dataset data = pictures(60);
  Model plain(test::rich_network(), small_options());
  FitOptions options{.epochs = 4, .batch = 10, .validation = 0.2};
  const History expected = plain.fit(data, options);
  for (const char* average : {"ema", "swa"}) {
    SCOPED_TRACE(average);
    options.average = average;
    options.average_from = 0;
    Model model(test::rich_network(), small_options());
    const History history = model.fit(data, options);
    for (std::size_t e = 0; e < 4; ++e) {
      test::expect_same(history.epochs[e].train, expected.epochs[e].train);
    }
    EXPECT_NE(history.epochs[3].validation->data_loss, expected.epochs[3].validation->data_loss);
  }
}

TEST(Average, TheAverageIsValidatedAndKept) {
  const Dataset data = pictures(60), validation = pictures(30, 1);
  for (const char* average : {"ema", "swa"}) {
    for (const bool best : {true, false}) {
      SCOPED_TRACE(testing::Message() << average << best);
      const Folder run;
      Model model(test::rich_network(), small_options());
      FitOptions options{.epochs = 4,
                         .batch = 10,
                         .validation_data = validation,
                         .restore_best = best,
                         .average = average,
                         .average_decay = 0.5,
                         .average_from = 2,
                         .run = run.path()};
      const History history = model.fit(data, options);
      const Epoch& left = best ? history.best() : history.epochs.back();
      test::expect_same(*left.validation, model.evaluate(validation));
      Model saved = Model::load(run / "model.safetensors");
      test::expect_same(*history.best().validation, saved.evaluate(validation));
    }
  }
}

// Stopped inside an epoch and between two, before and after the first averaged one.
TEST(Average, ResumeGivesTheSameBits) {
  const Dataset data = pictures(60);
  for (const char* average : {"ema", "swa"}) {
    for (const int steps : {3, 10, 13, 17}) {
      SCOPED_TRACE(testing::Message() << average << steps);
      const Folder run;
      FitOptions options{.epochs = 4,
                         .batch = 10,
                         .validation = 0.2,
                         .average = average,
                         .average_decay = 0.9,
                         .average_from = 2};
      Model whole(test::rich_network(), small_options());
      const History expected = whole.fit(data, options);

      const auto trap = std::make_shared<test::Trap>();
      trap->shards_until = 2 * steps;
      ModelOptions trapped = small_options();
      trapped.loss = trap;
      options.run = run.path();
      options.stop = &trap->stop;
      Model first(test::rich_network(), trapped);
      EXPECT_TRUE(first.fit(data, options).interrupted);

      options.stop = nullptr;
      options.resume = true;
      Model second(test::rich_network(), small_options());
      test::expect_same(second.fit(data, options), expected);
      EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));

      options.average_decay = 0.8;
      options.average_from = 3;
      Model other(test::rich_network(), small_options());
      EXPECT_THROW(other.fit(data, options), UsageError);
    }
  }
}

// Stopped in the pass that measures the statistics after the second epoch, which is then not
// finished.
TEST(Average, ThePassAtAnEpochsEndHeedsAStop) {
  const Dataset data = pictures(60);
  Schedule rate(0.05);
  rate.kind = "linear";
  for (const OptimizerSetting& optimizer :
       {adam({.learning_rate = rate}), gd({.learning_rate = rate})}) {
    SCOPED_TRACE(optimizer.optimizer->kind());
    ModelOptions settings = small_options();
    settings.optimizer = optimizer;
    const Folder run;
    FitOptions options{.epochs = 4,
                       .batch = 10,
                       .validation = 0.2,
                       .average = "swa",
                       .average_from = 2,
                       .log_every = 2};
    Model whole(test::rich_network(), settings);
    const History expected = whole.fit(data, options);

    const auto trap = std::make_shared<test::Trap>();
    trap->shards_until = 2 * 13;  // two epochs of 5 steps, and some steps of the pass after them
    settings.loss = trap;
    options.run = run.path();
    options.stop = &trap->stop;
    Model first(test::rich_network(), settings);
    const History begun = first.fit(data, options);
    EXPECT_TRUE(begun.interrupted);
    EXPECT_EQ(begun.epochs.size(), 1u);
    EXPECT_EQ(trap->shards_seen, 2 * 13);

    options.stop = nullptr;
    options.resume = true;
    settings.loss = cross_entropy();
    Model second(test::rich_network(), settings);
    test::expect_same(second.fit(data, options), expected);
    EXPECT_TRUE(test::same(all_weights(second), all_weights(whole)));
  }
}

TEST(Average, WrongOptions) {
  Model model = test::small_model();
  const auto error = [&](const FitOptions& options) {
    return message_of<UsageError>([&] { model.fit(pictures(60), options); });
  };
  EXPECT_EQ(error({.average = "sws"}), "there is no train.average 'sws': did you mean 'swa'?");
  EXPECT_EQ(error({.average = "ema", .average_decay = 1}),
            "train.average_decay must be at least 0 and below 1, not 1");
  EXPECT_EQ(error({.average = "swa", .average_from = 2.5}),
            "train.average_from must be a fraction of the epochs below 1, or the number of an "
            "epoch, not 2.5");
  EXPECT_THROW(model.fit(pictures(60), {.average_from = std::nan("")}), UsageError);
}

}  // namespace
}  // namespace ridgeline
