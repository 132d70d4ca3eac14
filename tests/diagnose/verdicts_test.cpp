// Every verdict is given for a training that provokes it, and not for a similar healthy one.
#include "diagnose/support.hpp"

namespace ridgeline {
namespace {

using test::evidence;
using test::find;
using test::healthy_network;
using test::kinds;
using test::patterns;
using test::train;
using test::Training;

// Checks the parts that every verdict must have.
void expect_whole(const Verdict& verdict) {
  EXPECT_TRUE(verdict.sentence.ends_with('.')) << verdict.sentence;
  EXPECT_FALSE(verdict.evidence.empty());
  for (const Evidence& e : verdict.evidence) EXPECT_TRUE(std::isfinite(e.value)) << e.name;
}

TEST(Verdicts, AHealthyTrainingHasNone) {
  const History history = train(healthy_network());
  EXPECT_LT(history.epochs.back().validation->data_loss, 0.3);
  EXPECT_TRUE(history.verdicts.empty()) << kinds(history);
}

TEST(Verdicts, OverFitting) {
  const Training noise{.optimizer = adam({.learning_rate = 3e-3}),
                       .regularize = l2(1e-4),
                       .epochs = 20,
                       .train = patterns(128, 0, true),
                       .validation = patterns(256, 1, true)};
  const History history = train(healthy_network(), noise);
  const Verdict* verdict = find(history, "over-fitting");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_EQ(verdict->severity, Severity::warning);
  const auto lowest = std::ranges::min_element(
      history.epochs, {}, [](const Epoch& e) { return e.validation->data_loss; });
  EXPECT_EQ(evidence(*verdict, "since epoch"), lowest->epoch + 1);
  const Epoch& last = history.epochs.back();
  EXPECT_EQ(evidence(*verdict, "gap at the end"),
            last.validation->data_loss - last.train.data_loss);
  EXPECT_GT(evidence(*verdict, "gap's growth per epoch"), 0);
}

TEST(Verdicts, UnderFittingByTooMuchLambda) {
  const History history = train(healthy_network(), {.regularize = l2(1)});
  const Verdict* verdict = find(history, "under-fitting");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_NEAR(evidence(*verdict, "loss without learning"), std::log(4), 1e-12);
  EXPECT_FALSE(find(train(healthy_network(), {.regularize = l2(1e-2)}), "under-fitting"));
}

TEST(Verdicts, UnderFittingByTooMuchDecay) {
  const Regularize decay{.l2 = 0, .decay = 10};
  const Training training{.optimizer = adamw({.learning_rate = 1e-2}), .regularize = decay};
  EXPECT_TRUE(find(train(healthy_network(), training), "under-fitting"));
}

TEST(Verdicts, NotLearningForOtherReasonsIsNotTheLambda) {
  const Training noise{.regularize = l2(1e-4),
                       .epochs = 2,
                       .train = patterns(128, 0, true),
                       .validation = patterns(128, 1, true)};
  EXPECT_FALSE(find(train(healthy_network(), noise), "under-fitting"));
}

TEST(Verdicts, VanishingGradients) {
  const History history = train(test::deep(6, "sigmoid"));
  const Verdict* verdict = find(history, "vanishing-gradients");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_LT(evidence(*verdict, "gradients' ratio, first kernel to last"), 0.01);
  EXPECT_NE(verdict->advice.find("relu instead of sigmoid"), std::string::npos);
  EXPECT_FALSE(find(train(test::deep(6, "relu", "he_normal")), "vanishing-gradients"));
}

TEST(Verdicts, FadingSignals) {
  const Training training{.optimizer = adam({.learning_rate = 1e-5}), .epochs = 2};
  Model model = test::model_of(test::deep(6, "relu"), training);
  for (int i = 1; i <= 6; ++i) {
    const std::string name = "dense_" + std::to_string(i) + ".kernel";
    auto weights = model.weights(name);
    for (float& w : weights) w *= 0.1F;
    model.set_weights(name, weights);
  }
  const History history = train(model, training);
  const Verdict* verdict = find(history, "vanishing-gradients");
  ASSERT_TRUE(verdict) << kinds(history);
  EXPECT_LT(evidence(*verdict, "activations' ratio, last to first"), 0.01);
}

TEST(Verdicts, ExplodingGradients) {
  const Training training{.optimizer = adam({.learning_rate = 1e-4}), .epochs = 2};
  Model model = test::model_of(test::deep(6, "relu", "he_normal"), training);
  for (int i = 1; i <= 6; ++i) {
    const std::string name = "dense_" + std::to_string(i) + ".kernel";
    auto weights = model.weights(name);
    for (float& w : weights) w *= 8;
    model.set_weights(name, weights);
  }
  const History history = train(model, training);
  const Verdict* verdict = find(history, "exploding-gradients");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_GT(evidence(*verdict, "activations' ratio, last to first"), 100);
  EXPECT_EQ(verdict->advice, "");  // the kernels are He's, and there is no shortcut

  Model healthy = test::model_of(test::deep(6, "relu", "he_normal"), training);
  EXPECT_FALSE(find(train(healthy, training), "exploding-gradients"));
}

TEST(Verdicts, DeadUnits) {
  const auto with_bias = [](const std::string& bias) {
    return Network{conv2d({.filters = 8, .activation = "relu", .bias_initializer = bias}),
                   flatten(), test::output()};
  };
  const History history = train(with_bias("constant(-10)"));
  const Verdict* verdict = find(history, "dead-units");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_EQ(verdict->severity, Severity::problem);
  EXPECT_EQ(verdict->layers, std::vector<std::string>{"conv2d_1"});
  EXPECT_EQ(evidence(*verdict, "dead in conv2d_1"), 1);
  EXPECT_FALSE(find(train(with_bias("zeros")), "dead-units"));
}

TEST(Verdicts, DeadUnitsByALargeLearningRate) {
  const History history = train(healthy_network(), {.optimizer = adam({.learning_rate = 0.3})});
  EXPECT_TRUE(find(history, "dead-units")) << kinds(history);
}

TEST(Verdicts, ScaleInvariantLayers) {
  const auto network = [](bool bias, const Layer& between, const Layer& norm) {
    return Network{conv2d({.filters = 8, .use_bias = bias}),
                   between,
                   norm,
                   activation("relu"),
                   flatten(),
                   test::output()};
  };
  const Layer pool = max_pool2d(), relu = activation("relu"), norm = batch_norm2d();
  const Training momentum{.optimizer = sgd({.learning_rate = 0.05, .momentum = 0.9})};
  const History history = train(network(true, pool, norm), momentum);
  const Verdict* verdict = find(history, "scale-invariant-layers");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_EQ(verdict->layers, std::vector<std::string>{"conv2d_1"});
  ASSERT_EQ(verdict->evidence.size(), 8u);
  // momentum 0.9 makes steps ten times as long
  const ParameterStatistics& kernel = history.epochs[7].statistics.parameters[0];
  EXPECT_NEAR(verdict->evidence[7].value * kernel.weight_norm * kernel.weight_norm, 0.5, 0.01);

  EXPECT_TRUE(find(train(network(false, relu, norm)), "scale-invariant-layers"));
  EXPECT_FALSE(find(train(network(true, relu, norm)), "scale-invariant-layers"));
  EXPECT_FALSE(find(train(network(true, pool, pool)), "scale-invariant-layers"));
  EXPECT_FALSE(
      find(train(network(true, pool, norm), {.regularize = l2(0)}), "scale-invariant-layers"));
}

TEST(Verdicts, ScaleInvarianceNeedsEveryReader) {
  const auto network = [](bool shortcut) {
    const Output x = input();
    const Output conv = conv2d({.filters = 4})(x);
    const Output normed = batch_norm2d()(conv);
    const Output y = shortcut ? add()(conv, normed) : normed;
    return Network(x, test::output()(flatten()(y)));
  };
  EXPECT_TRUE(find(train(network(false)), "scale-invariant-layers"));
  EXPECT_FALSE(find(train(network(true)), "scale-invariant-layers"));
}

// The verdict is right about the network: twice the kernel gives the same loss.
TEST(Verdicts, ScaleInvarianceIsReal) {
  const auto change = [](const Network& network) {
    const Training training{.optimizer = sgd({.learning_rate = 1e-12}), .epochs = 1};
    Model model = test::model_of(network, training);
    Model scaled = test::model_of(network, training);
    auto weights = model.weights("conv2d_1.kernel");
    for (float& w : weights) w *= 4;
    scaled.set_weights("conv2d_1.kernel", weights);
    const double loss = train(model, training).epochs[0].train.data_loss;
    return std::abs(train(scaled, training).epochs[0].train.data_loss - loss) / loss;
  };
  const auto network = [](const Layer& between, const Layer& behind) {
    return Network{conv2d({.filters = 8, .bias_initializer = "constant(0.3)"}), between, behind,
                   flatten(), test::output()};
  };
  const Layer norm = batch_norm2d({.epsilon = 1e-9});
  EXPECT_LT(change(network(max_pool2d(), norm)), 1e-4);
  EXPECT_GT(change(network(activation("relu"), norm)), 1e-3);
}

TEST(Verdicts, APenaltyThatDominates) {
  const Training heavy{.optimizer = adam({.learning_rate = 1e-4}), .regularize = l2(0.5)};
  const History history = train(healthy_network(), heavy);
  const Verdict* verdict = find(history, "penalty-dominates");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_GT(evidence(*verdict, "penalty's share of the objective, mean"), 0.5);
  EXPECT_FALSE(find(train(healthy_network(), {.regularize = l2(1e-3)}), "penalty-dominates"));
}

TEST(Verdicts, APenaltyThatNeverMoves) {
  for (const OptimizerSetting& optimizer :
       {sgd({.learning_rate = 0.05, .momentum = 0.9}), adam({.learning_rate = 1e-3})}) {
    const History history =
        train(healthy_network(), {.optimizer = optimizer, .regularize = l2(1e-9)});
    const Verdict* verdict = find(history, "penalty-never-moves");
    ASSERT_TRUE(verdict) << kinds(history);
    expect_whole(*verdict);
    EXPECT_LT(evidence(*verdict, "penalty's share"), 1e-6);
    EXPECT_FALSE(find(history, "too-few-steps"));
    EXPECT_FALSE(find(train(healthy_network(), {.optimizer = optimizer, .regularize = l2(1e-3)}),
                      "penalty-never-moves"));
    EXPECT_FALSE(find(train(healthy_network(), {.optimizer = optimizer, .regularize = l2(0)}),
                      "penalty-never-moves"));
  }
}

TEST(Verdicts, TooFewSteps) {
  const Training slow{
      .optimizer = sgd({.learning_rate = 0.01}), .regularize = l2(0.02), .epochs = 3};
  const History history = train(healthy_network(), slow);
  const Verdict* verdict = find(history, "too-few-steps");
  ASSERT_TRUE(verdict) << kinds(history);
  expect_whole(*verdict);
  EXPECT_NEAR(evidence(*verdict, "time scale in steps"), 1 / (0.01 * 0.02), 1);
  EXPECT_EQ(evidence(*verdict, "steps taken"), 48);
  EXPECT_NE(verdict->sentence.find(" and 48 were taken"), std::string::npos) << verdict->sentence;
  Training fast = slow;
  fast.optimizer = sgd({.learning_rate = 0.3});
  EXPECT_FALSE(find(train(healthy_network(), fast), "too-few-steps"));
}

// A linear network with a squared loss. If its steps are too long, they grow without end.
struct Descent {
  double learning_rate = 0.01, l2 = 0, momentum = 0;
  Regularize further = {};
  Network network{flatten(), dense({.units = 4})};

  std::vector<Verdict> verdicts(Dataset train = patterns(128)) const {
    Regularize regularize = further;
    if (l2 > 0) regularize.l2 = l2;
    Model model(network, {.input = {1, test::image_side, test::image_side},
                          .loss = mean_squared_error(),
                          .optimizer = sgd({.learning_rate = learning_rate, .momentum = momentum}),
                          .regularize = regularize,
                          .threads = 1,
                          .shards = 1});
    try {
      return model.fit(train, {.epochs = 20, .batch = 16}).verdicts;
    } catch (const DivergedError& error) {
      EXPECT_FALSE(error.verdicts.empty());
      return error.verdicts;
    }
  }
};

std::string first_kind(const std::vector<Verdict>& verdicts) {
  return verdicts.empty() ? "" : verdicts.front().kind;
}

TEST(Verdicts, ALearningRateTooHigh) {
  const auto verdicts = Descent{.learning_rate = 10}.verdicts();
  ASSERT_EQ(first_kind(verdicts), "learning-rate-too-high");
  expect_whole(verdicts[0]);
  EXPECT_EQ(verdicts[0].severity, Severity::problem);
  EXPECT_EQ(verdicts[0].layers, std::vector<std::string>{"dense_1"});
  EXPECT_GE(evidence(verdicts[0], "largest step over weights"), 0.5);
  EXPECT_EQ(evidence(verdicts[0], "learning rate"), 10);
  EXPECT_GT(evidence(verdicts[0], "largest gradient norm"),
            100 * evidence(verdicts[0], "largest in the epochs before"));
  EXPECT_NE(verdicts[0].advice.find("a tenth of optimizer.learning_rate"), std::string::npos);
  EXPECT_EQ(first_kind(Descent{.learning_rate = 0.01}.verdicts()), "");
}

TEST(Verdicts, APenaltyTooStrong) {
  const auto verdicts = Descent{.l2 = 1000}.verdicts();
  ASSERT_EQ(first_kind(verdicts), "penalty-too-strong");
  expect_whole(verdicts[0]);
  EXPECT_NEAR(evidence(verdicts[0], "shrink per step"), 10, 1e-9);
  EXPECT_NE(verdicts[0].advice.find("regularize.l2"), std::string::npos);
  const auto spectral = Descent{.further = {.spectral = 1e5}}.verdicts();
  ASSERT_EQ(first_kind(spectral), "penalty-too-strong");
  EXPECT_NE(spectral[0].advice.find("regularize.spectral"), std::string::npos);
  // If the steps are too long, neither a bound nor momentum nor a weaker penalty is the cause.
  for (Descent steps :
       {Descent{.further = {.max_norm = 1}}, Descent{.l2 = 0.03}, Descent{.l2 = 2}}) {
    steps.learning_rate = 0.9;
    steps.momentum = 0.99;
    steps.network = Network{flatten(), dense({.units = 32}), dense({.units = 4})};
    EXPECT_EQ(first_kind(steps.verdicts()), "learning-rate-too-high");
  }
  const auto sane = Descent{.l2 = 0.1}.verdicts();
  EXPECT_TRUE(
      std::ranges::none_of(sane, [](const Verdict& v) { return v.kind == "penalty-too-strong"; }));
}

TEST(Verdicts, ABatchThatIsNoNumber) {
  std::vector<float> pixels(32 * 64, 0.5F);
  const auto images = [&] {
    std::vector<std::int32_t> labels(32);
    for (std::size_t i = 0; i < 32; ++i) labels[i] = static_cast<std::int32_t>(i % 4);
    return from_memory(pixels, {1, test::image_side, test::image_side}, ImageLayout::nchw, labels);
  };
  EXPECT_NE(first_kind(Descent().verdicts(images())), "diverged");
  pixels[70] = std::nanf("");
  const auto verdicts = Descent().verdicts(images());
  ASSERT_EQ(first_kind(verdicts), "diverged");
  expect_whole(verdicts[0]);
  EXPECT_NE(verdicts[0].sentence.find("pixels"), std::string::npos);
}

TEST(Verdicts, TheMostSevereFirst) {
  Training training{.regularize = l2(1e-9)};
  const History history = train(test::deep(6, "sigmoid"), training);
  ASSERT_GE(history.verdicts.size(), 2u);
  EXPECT_EQ(history.verdicts.front().severity, Severity::problem);
  EXPECT_EQ(history.verdicts.back().severity, Severity::note);
}

TEST(Verdicts, NoneWithoutStatistics) {
  Model model = test::model_of(healthy_network(), {.regularize = l2(1)});
  const History history = model.fit(patterns(64), {.epochs = 2, .batch = 16, .statistics = false});
  EXPECT_TRUE(history.verdicts.empty());
  EXPECT_TRUE(history.epochs[1].statistics.parameters.empty());
}

}  // namespace
}  // namespace ridgeline
