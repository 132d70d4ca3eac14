// Kinds of an application's own, with options in the experiment file.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "experiment/build.hpp"
#include "experiment/keys.hpp"
#include "experiment/selection.hpp"
#include "experiment/support.hpp"
#include "ridgeline/augmentation.hpp"
#include "ridgeline/experiment.hpp"
#include "ridgeline/penalty_term.hpp"

namespace ridgeline::experiment {
namespace {

using testing::HasSubstr;

/// Cross-entropy times a number.
class Weighted : public Loss {
 public:
  explicit Weighted(double factor) : factor_(factor) {}
  std::string_view kind() const override { return "own_loss"; }
  Attributes attributes() const override { return {{"own_factor", factor_}}; }
  Head head() const override { return Head::logits; }
  void check(std::span<const OutputSpec>) const override {}
  void check_targets(const Targets&, std::span<const OutputSpec>, std::int64_t) const override {}
  double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                  GradientSpans gradients) const override {
    return factor_ * cross_entropy()->evaluate(outputs, targets, scale * factor_, gradients);
  }

 private:
  double factor_;
};

/// Gradient descent with a share of the rate.
class Descent : public Optimizer {
 public:
  Descent(double share, bool up) : share_(share), up_(up) {}
  std::string_view kind() const override { return "own_descent"; }
  Attributes attributes() const override { return {{"own_share", share_}, {"own_up", up_}}; }
  int slots() const override { return 0; }
  void step(const StepInfo& info, std::size_t count, const float* gradient, float* const*,
            float* step, float* metric) const override {
    const auto rate = static_cast<float>(info.learning_rate * (up_ ? -share_ : share_));
    for (std::size_t i = 0; i < count; ++i) step[i] = rate * gradient[i];
    if (metric != nullptr) std::fill_n(metric, count, rate);
  }

 private:
  double share_;
  bool up_;
};

/// strength * order * the sum of the weights.
class Sum : public PenaltyTerm {
 public:
  explicit Sum(std::int64_t order) : order_(order) {}
  std::string_view name() const override { return "own_sum"; }
  bool has_gradient() const override { return true; }
  double value(const TermContext& c, const float* w) const override {
    double sum = 0;
    for (std::size_t i = 0; i < c.size(); ++i) sum += static_cast<double>(w[i]);
    return c.strength * static_cast<double>(order_) * sum;
  }
  double add_gradient(const TermContext& c, const float* w, float* gradient) const override {
    for (std::size_t i = 0; i < c.size(); ++i) {
      gradient[i] += static_cast<float>(c.strength * static_cast<double>(order_));
    }
    return value(c, w);
  }

 private:
  std::int64_t order_;
};

/// Two classes of images of 1x4x4 that are all dark, or all light.
Dataset two_classes(std::int64_t images) {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < images; ++i) {
    for (int p = 0; p < 16; ++p) {
      pixels.push_back(0.2f + 0.6f * static_cast<float>(i % 2) + 0.01f * static_cast<float>(p));
    }
    labels.push_back(static_cast<std::int32_t>(i % 2));
  }
  return from_memory(pixels, {1, 4, 4}, ImageLayout::nchw, labels);
}

void register_all() {
  static const bool once = [] {
    register_loss({.name = "own_loss",
                   .meaning = "cross-entropy times a number",
                   .options = {{"own_factor", "the number", 2.0, limits::positive}}},
                  [](const Attributes& options) {
                    return std::make_shared<Weighted>(options.real("own_factor"));
                  });
    register_optimizer(
        {.name = "own_descent",
         .options = {{"own_share", "of the rate", 0.5, limits::fraction},
                     {"own_up", "whether it climbs", false}}},
        [](const Attributes& options) {
          return std::make_shared<Descent>(options.real("own_share"), options.boolean("own_up"));
        },
        0.2);
    register_augmentation({.name = "own_shade",
                           .options = {{"by", "how much darker", 0.1, limits::fraction},
                                       {"first", "the first pixel alone", false}}},
                          [](const Attributes& options) -> Augment {
                            return [by = options.real("by"), first = options.boolean("first")](
                                       const ChangingImage& image, ImageRandom&) {
                              for (float& pixel : first ? image.pixels.first(1) : image.pixels) {
                                pixel -= static_cast<float>(by);
                              }
                            };
                          });
    register_penalty(
        {.name = "own_sum",
         .meaning = "the sum of the weights",
         .options = {{"order", "times so much", std::int64_t{1}, limits::count(1)}}},
        [](const Attributes& options) { return std::make_unique<Sum>(options.integer("order")); });
    register_source({.name = "own_source",
                     .title = "Own images",
                     .folders = {},
                     .markers = {"."},
                     .how_to_get = "",
                     .open = {},
                     .options = {{"own_images", "how many", std::int64_t{40}, limits::count(2)}},
                     .open_with = [](const std::filesystem::path&, const Attributes& options) {
                       const std::int64_t images = options.integer("own_images");
                       return TrainTest{two_classes(images), two_classes(images)};
                     }});
    return true;
  }();
  EXPECT_TRUE(once);
}

class OwnKinds : public testing::Test {
 protected:
  OwnKinds() { register_all(); }
};

const std::string data_of_own = "[data]\nsource = \"own_source\"\npath = \".\"\n";

TEST_F(OwnKinds, OptionsAreKeysWithTheirMeaningAndDefault) {
  const std::string help = experiment_keys();
  EXPECT_THAT(help, HasSubstr("  loss.own_factor = 2\n      the number (own_loss)\n"));
  EXPECT_THAT(help, HasSubstr("  optimizer.own_share = 0.5\n      of the rate (own_descent)\n"));
  EXPECT_THAT(help, HasSubstr("  data.own_images = 40\n      how many (own_source)\n"));
  EXPECT_THAT(help, HasSubstr("  regularize.own_sum = 0\n      the sum of the weights\n"));
  EXPECT_THAT(help, HasSubstr("  regularize.own_sum_order = 1\n      times so much\n"));
  EXPECT_THAT(key("loss.kind").meaning, HasSubstr("own_loss"));
}

TEST_F(OwnKinds, AFileSetsThem) {
  const Experiment experiment = parsed(data_of_own + R"(
own_images = 10
[loss]
own_factor = 3
kind = "own_loss"
[optimizer]
kind = "own_descent"
own_up = true
[regularize]
own_sum = { kind = "linear", from = 1e-3, to = 0 }
own_sum_order = 4
rule = [{ match = "dense*", own_sum = 2 }]
)");
  EXPECT_EQ(build_loss(experiment)->attributes(), (Attributes{{"own_factor", 3.0}}));
  const OptimizerSetting optimizer = build_optimizer(experiment);
  EXPECT_EQ(optimizer.optimizer->attributes(), (Attributes{{"own_share", 0.5}, {"own_up", true}}));
  EXPECT_EQ(optimizer.learning_rate, Schedule(0.2));
  EXPECT_EQ(load_images(experiment).train.size(), 10);
  EXPECT_EQ(experiment.regularize.own.at("own_sum").options,
            (Attributes{{"order", std::int64_t{4}}}));
  EXPECT_EQ(experiment.regularize.own.at("own_sum").strength.kind, "linear");
  EXPECT_EQ(experiment.regularize.rules[0].own.at("own_sum"), Schedule(2));
  EXPECT_EQ(parse(to_toml(experiment), "run/experiment.toml"), experiment) << to_toml(experiment);
}

TEST_F(OwnKinds, WhatDoesNotFitIsRefusedByName) {
  const auto refused = [](const std::string& text) { return refusal(text); };
  EXPECT_EQ(refused("[loss]\nown_factor = 3\n"),
            "experiment.toml:2: loss.own_factor has no effect on cross-entropy");
  EXPECT_EQ(refused("[loss]\nkind = \"own_loss\"\nlabel_smoothing = 0.1\n"),
            "experiment.toml:3: loss.label_smoothing has no effect on own_loss");
  EXPECT_EQ(refused("[loss]\nkind = \"own_loss\"\nown_factor = 0\n"),
            "experiment.toml:3: loss.own_factor must be above 0, not 0");
  EXPECT_EQ(refused("[loss]\nkind = \"own_loss\"\nown_factor = \"much\"\n"),
            "experiment.toml:3: loss.own_factor must be a number, not the string \"much\"");
  EXPECT_EQ(refused("[loss]\nkind = \"own_loss\"\nown_factr = 1\n"),
            "experiment.toml:3: unknown key 'loss.own_factr': did you mean 'loss.own_factor'?");
  EXPECT_EQ(refused("[optimizer]\nkind = \"own_descent\"\nown_up = 1\n"),
            "experiment.toml:3: optimizer.own_up must be true or false, not 1");
  EXPECT_EQ(refused("[data]\nown_images = 10\n"),
            "experiment.toml:2: data.own_images has no effect on fashion-mnist");
  EXPECT_EQ(refused(data_of_own + "own_images = 2.5\n"),
            "experiment.toml:4: data.own_images must be a whole number, not 2.5");
  EXPECT_EQ(refused("[regularize]\nown_sum_order = 2\n"),
            "experiment.toml:2: regularize.own_sum_order has no effect without regularize.own_sum "
            "above 0: set that, or leave this out");
  EXPECT_EQ(refused("[regularize]\nown_sum = -1\n"),
            "experiment.toml:2: regularize.own_sum must be a number that is not negative, not -1");
}

TEST_F(OwnKinds, AugmentationsAreStringsOrTables) {
  const auto given = [](const std::string& list) {
    return parsed("[data]\naugment = [" + list + "]\n").data.augment;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(given(R"("own_shade", "own_shade:0.2", "own_shade:by=0.2,first=true")"),
            (Texts{"own_shade", "own_shade:0.2", "own_shade:by=0.2,first=true"}));
  EXPECT_EQ(given("{ own_shade = {} }, { own_shade = { by = 0.2 } }, { crop = { n = 4 } }"),
            (Texts{"own_shade", "own_shade:0.2", "crop:4"}));
  EXPECT_EQ(given("{ own_shade = { first = true, by = 0.2 } }"),
            Texts{"own_shade:first=true,by=0.2"});
  const auto refused = [](const std::string& one) {
    return refusal("[data]\naugment = [" + one + "]\n");
  };
  EXPECT_THAT(refused("\"own_shade:2\""), HasSubstr("by must be at least 0 and below 1, not 2"));
  EXPECT_THAT(refused("\"own_shade:to=1\""), HasSubstr("own_shade has no key 'to'"));
  EXPECT_THAT(refused("\"own_shade:first=3\""), HasSubstr("first must be true or false, not 3"));
  EXPECT_THAT(refused("\"own_shade:by=x\""), HasSubstr("'x' is not a number"));
  EXPECT_THAT(refused("\"own_shad\""), HasSubstr("did you mean 'own_shade'?"));
  EXPECT_THAT(refused("{ own_shade = 3 }"), HasSubstr("a table of options"));
  EXPECT_THAT(refused("{ crop = { n = 4 }, flip = {} }"), HasSubstr("must be a string such as"));
  EXPECT_THAT(refused("7"), HasSubstr("must be a string such as"));
}

TEST_F(OwnKinds, NamesAreTakenOnce) {
  const auto error = [](auto action) -> std::string {
    try {
      action();
    } catch (const UsageError& e) {
      return e.what();
    }
    return {};
  };
  EXPECT_EQ(error([] { register_augmentation({.name = "crop"}, {}); }),
            "there is an augmentation 'crop' already");
  EXPECT_THAT(error([] { register_augmentation({.name = "a:b"}, {}); }), HasSubstr("without ':'"));
  EXPECT_EQ(error([] { register_penalty({.name = "l2"}, {}); }), "there is a penalty 'l2' already");
  EXPECT_EQ(error([] { register_penalty({.name = "own_sum"}, {}); }),
            "there is a penalty 'own_sum' already");
}

/// A folder that is removed at the end.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() /
              ("ridgeline-own-kinds-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::vector<std::string> words(std::vector<std::string> more) {
  std::vector<std::string> all{
      "data.source=own_source",
      "data.path=.",
      "data.augment=[{ own_shade = { by = 0.05 } }]",
      "model.layers=[{ flatten = {} }, { dense = { units = 2, activation = "
      "\"softmax\" } }]",
      "loss.kind=own_loss",
      "optimizer.kind=own_descent",
      "train.threads=1",
      "train.shards=1",
      "train.batch=10"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_F(OwnKinds, TrainAndComeBackFromTheModelFile) {
  const Scratch folder;
  FileTraining trained = train_file(
      {}, words({"train.epochs=3", "regularize.l2=0", "regularize.own_sum=0.01",
                 "regularize.own_sum_order=2", "train.run=" + (folder / "run").string()}));
  ASSERT_EQ(trained.history.epochs.size(), 3);
  const Metrics& train = trained.history.epochs[0].train;
  EXPECT_NE(train.penalty, 0);
  ASSERT_TRUE(trained.test);
  // The penalty follows from its formula and the weights in the model file.
  Model again = Model::load(folder / "run/model.safetensors", 1);
  double sum = 0;
  for (const float w : again.weights("dense_1.kernel")) sum += static_cast<double>(w);
  const Metrics measured = again.evaluate(two_classes(40));
  EXPECT_NEAR(measured.penalty, 0.01 * 2 * sum, 1e-9);
  EXPECT_EQ(measured.data_loss, trained.test->data_loss);
  EXPECT_EQ(again.options().loss->attributes(), (Attributes{{"own_factor", 2.0}}));
  EXPECT_EQ(again.options().regularize, trained.model.options().regularize);
  EXPECT_THAT(again.summary(), HasSubstr("own_sum 0.01"));
  // The record is an experiment, too.
  const Experiment record = read(folder / "run/experiment.toml");
  EXPECT_EQ(record.regularize.own.at("own_sum").strength, Schedule(0.01));
  EXPECT_EQ(record.data.augment, std::vector<std::string>{"own_shade:0.05"});
  EXPECT_THROW(train_file({}, words({"train.epochs=1", "train.run=" + (folder / "run").string()})),
               UsageError);
}

TEST_F(OwnKinds, APenaltyMovesTheWeightsAsItsGradientSays) {
  const auto mean_weight = [](const std::string& strength) {
    const Scratch folder;
    const FileTraining trained =
        train_file({}, words({"train.epochs=2", "regularize.l2=0", "regularize.own_sum=" + strength,
                              "train.run=" + (folder / "run").string()}));
    double sum = 0;
    for (const float w : trained.model.weights("dense_1.kernel")) sum += static_cast<double>(w);
    return sum;
  };
  EXPECT_LT(mean_weight("0.1"), mean_weight("0") - 0.1);
}

TEST_F(OwnKinds, OptionsAndStrengthsCanBeSelected) {
  const Scratch folder;
  const auto select = [&](const std::string& name, const std::string& over) {
    return select_file({}, words({"train.epochs=1", "select.folds=2", "select.over=" + over,
                                  "select.jobs=1", "select.study=" + (folder / name).string()}));
  };
  const Selection by_loss = select("loss", "{ \"loss.own_factor\" = [1, 2, 4] }");
  ASSERT_EQ(by_loss.trials.size(), 3);
  EXPECT_EQ(by_loss.trials[2].parameters.at("loss.own_factor"), 4);
  EXPECT_NE(by_loss.trials[0].score, by_loss.trials[2].score);
  const Selection by_penalty = select("penalty", "{ \"regularize.own_sum\" = [0.5, 0.001] }");
  ASSERT_EQ(by_penalty.trials.size(), 3) << "0 is among them";
  EXPECT_EQ(by_penalty.rule, "one-standard-error");
  const Selection by_option =
      select("option", "{ \"regularize.own_sum_order\" = [1, 3], \"regularize.own_sum\" = [0.1] }");
  for (const Trial& trial : by_option.trials) {
    EXPECT_GE(trial.parameters.at("regularize.own_sum_order"), 1);
  }
  EXPECT_EQ(refusal("", {"select.over={ \"loss.own_factor\" = [1, 2] }"}),
            "select.over names loss.own_factor, which has no effect on cross-entropy");
}

}  // namespace
}  // namespace ridgeline::experiment
