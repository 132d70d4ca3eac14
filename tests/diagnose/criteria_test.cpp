// The limits of the criteria, on records that are made by hand.
#include <cmath>

#include "diagnose/made.hpp"

namespace ridgeline::diagnose {
namespace {

using test::evidence;
using test::Made;

// The cause of a divergence, and its limits.
TEST(Divergence, ByThePenaltyOrTheSteps) {
  Made made;
  made.add(1, 1);
  Epoch& broken = made.add(1, 1);
  broken.learning_rate = 0.1;
  ParameterStatistics& kernel = broken.statistics.parameters[0];
  std::optional<Overshoot> overshoot;
  const auto found = [&] {
    Record record = made.record();
    record.diverged = true;
    record.overshoot = overshoot;
    return divergence(record).at(0);
  };
  EXPECT_EQ(found().kind, "diverged");
  EXPECT_TRUE(found().layers.empty());
  kernel.largest_gradient = 1e6;
  EXPECT_EQ(found().kind, "learning-rate-too-high");
  EXPECT_TRUE(found().layers.empty());
  kernel.largest_gradient = 9e5;
  kernel.largest_update = 0.49;
  EXPECT_EQ(found().kind, "diverged");
  kernel.largest_update = 0.5;
  EXPECT_EQ(found().kind, "learning-rate-too-high");
  EXPECT_EQ(found().layers, std::vector<std::string>{"conv2d_1"});
  // The sentence is about the layer that moved most. It comes first.
  broken.statistics.parameters[2].largest_update = 7;
  EXPECT_EQ(found().layers, (std::vector<std::string>{"conv2d_2", "conv2d_1"}));
  EXPECT_NE(found().sentence.find("moved conv2d_2 by 7 times"), std::string::npos);
  kernel.shrink = 5;  // from a bound, or from momentum
  EXPECT_EQ(found().kind, "learning-rate-too-high");
  kernel.largest_update = std::numeric_limits<double>::infinity();
  EXPECT_NE(found().sentence.find("moved conv2d_1 further than fp32"), std::string::npos);
  for (const Evidence& e : found().evidence) EXPECT_TRUE(std::isfinite(e.value)) << e.name;
  overshoot = {"decay", 3, "dense_1"};
  EXPECT_EQ(found().kind, "penalty-too-strong");
  EXPECT_EQ(found().layers, std::vector<std::string>{"dense_1"});
  EXPECT_EQ(evidence(found(), "shrink per step"), 3);
  EXPECT_EQ(found().advice,
            "regularize.decay divided by 30000, so that it takes 0.0001 of a weight off in a step");
}

// A large step at the end of an epoch makes the first step of the next one diverge.
TEST(Divergence, ByTheLastStepOfTheEpochBefore) {
  Made made;
  made.add(1, 1).statistics.parameters[2].largest_update = 2;
  made.add(0, 0).statistics = {};
  made.epochs.back().learning_rate = 0.1;
  Record record = made.record();
  record.diverged = true;
  const Verdict found = divergence(record).at(0);
  EXPECT_EQ(found.kind, "learning-rate-too-high");
  EXPECT_EQ(found.layers, std::vector<std::string>{"conv2d_2"});
  EXPECT_EQ(evidence(found, "steps taken in epoch 2"), 0);
}

TEST(Divergence, AtTheFirstStep) {
  Made made;
  made.add(0, 0).statistics = {};
  Record record = made.record();
  EXPECT_TRUE(verdicts(record).empty());
  record.diverged = true;
  ASSERT_EQ(verdicts(record).size(), 1u);
  EXPECT_NE(verdicts(record)[0].sentence.find("very first step"), std::string::npos);
}

TEST(Divergence, IsNoEndToJudge) {
  Made made;
  for (int epoch = 0; epoch < 4; ++epoch) {
    for (ParameterStatistics& s : made.add(2, 2).statistics.parameters) {
      s.shrink = 1e-9;
      s.effective_rate = 1;
    }
  }
  Record record = made.record();
  EXPECT_EQ(verdicts(record).at(0).kind, "penalty-never-moves");
  record.diverged = true;
  ASSERT_EQ(verdicts(record).size(), 1u);
  EXPECT_EQ(verdicts(record)[0].kind, "diverged");
}

TEST(OverFitting, ARiseBeyondNoise) {
  Made made;
  made.add(1, 1.2);
  made.add(0.8, 1.0);
  made.add(0.6, 1.1, 0.01);
  made.add(0.4, 1.2, 0.01);
  const Verdicts found = over_fitting(made.record());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(evidence(found[0], "since epoch"), 3);
  EXPECT_NEAR(evidence(found[0], "gap then"), 0.2, 1e-12);
  EXPECT_NEAR(evidence(found[0], "gap at the end"), 0.8, 1e-12);
  EXPECT_NEAR(evidence(found[0], "gap's growth per epoch"), 0.3, 1e-12);

  made.epochs.back().validation->data_loss_error = 0.25;  // few images
  EXPECT_TRUE(over_fitting(made.record()).empty());
}

TEST(OverFitting, NotWhereTrainingGetsWorseToo) {
  Made made;
  made.add(0.5, 0.6);
  made.add(0.7, 0.8);
  made.add(0.7, 0.8);
  EXPECT_TRUE(over_fitting(made.record()).empty());
}

TEST(OverFitting, NotByOneBadEpochOfSeveral) {
  Made made;
  made.add(0.6, 0.60);
  made.add(0.5, 0.75);
  EXPECT_TRUE(over_fitting(made.record()).empty());
  made.add(0.4, 0.61);
  EXPECT_TRUE(over_fitting(made.record()).empty());
  made.epochs.back().validation->data_loss = 0.64;
  EXPECT_FALSE(over_fitting(made.record()).empty());
}

TEST(OverFitting, AGapThatIsWideSinceAnEpoch) {
  Made made;
  made.add(0.9, 1.0);
  made.add(0.3, 0.9, 0.01);
  made.add(0.2, 0.85, 0.01);
  const Verdicts found = over_fitting(made.record());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::note);
  EXPECT_EQ(evidence(found[0], "since epoch"), 2);
  EXPECT_NEAR(evidence(found[0], "gap then"), 0.6, 1e-12);
  made.epochs.back().train.data_loss = 0.4;
  EXPECT_TRUE(over_fitting(made.record()).empty());
}

TEST(OverFitting, AnAverageHelpsOnlyOverManyUpdates) {
  Made made;
  for (const double loss : {0.9, 0.3, 0.2}) {
    made.add(loss, 0.9, 0.01).statistics.steps = 666;
  }
  EXPECT_EQ(over_fitting(made.record()).at(0).advice, "");
  made.epochs[0].statistics.steps = 668;
  EXPECT_EQ(over_fitting(made.record()).at(0).advice, "train.average=ema, if it is not on yet");
}

TEST(OverFitting, UnknownWithoutValidation) {
  Made made;
  made.add(1, 1);
  made.add(0.1, 5);
  made.epochs[0].validation.reset();
  made.epochs[1].validation.reset();
  EXPECT_TRUE(over_fitting(made.record()).empty());
}

// Gradients that change by `factor` from each kernel to the next.
Made with_gradients(double factor) {
  Made made;
  double norm = 1;
  for (ParameterStatistics& p : made.add(1, 1).statistics.parameters) {
    p.gradient_norm = norm;
    const auto index = &p - made.epochs[0].statistics.parameters.data();
    if (index % 2 == 1) norm *= factor;  // after the kernel and the bias of a layer
  }
  return made;
}

TEST(GradientFlow, AFactorOfAHundredAlongTheDepth) {
  EXPECT_TRUE(gradient_flow(with_gradients(1).record()).empty());
  EXPECT_TRUE(gradient_flow(with_gradients(4.6).record()).empty());  // 97 over three steps
  EXPECT_TRUE(gradient_flow(with_gradients(1 / 4.6).record()).empty());

  const Verdicts vanishing = gradient_flow(with_gradients(4.7).record());
  ASSERT_EQ(vanishing.size(), 1u);
  EXPECT_EQ(vanishing[0].kind, "vanishing-gradients");
  EXPECT_EQ(vanishing[0].layers, (std::vector<std::string>{"conv2d_1", "dense_2"}));
  EXPECT_NEAR(evidence(vanishing[0], "from kernel to kernel"), 1 / 4.7, 1e-9);

  const Verdicts exploding = gradient_flow(with_gradients(1 / 4.7).record());
  ASSERT_EQ(exploding.size(), 1u);
  EXPECT_EQ(exploding[0].kind, "exploding-gradients");
}

TEST(GradientFlow, SmallerGradientsOfLargerWeightsAreNoneTheWorse) {
  Made made = with_gradients(10);
  for (ParameterStatistics& p : made.epochs[0].statistics.parameters) {
    p.weight_norm = 1 / p.gradient_norm;
  }
  EXPECT_TRUE(gradient_flow(made.record()).empty());
}

TEST(GradientFlow, TheAdviceFitsTheNetwork) {
  const std::string weaker = "a tenth of regularize.l2 (1e-05)";
  const std::string he = "kernel_initializer = \"he_normal\" for the hidden layers";
  const auto advice = [](Made made, double climb, double shrink) {
    std::vector<ParameterStatistics>& parameters = made.add(1, 1).statistics.parameters;
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      parameters[p].gradient_norm = std::pow(climb, static_cast<double>(p));
      parameters[p].shrink = shrink * (p == 0 ? 1 : 0.9);
    }
    return gradient_flow(made.record()).at(0).advice;
  };
  EXPECT_EQ(advice(Made(), 5, 0), he);
  EXPECT_EQ(advice(Made(), 5, 0.02), weaker);  // two e-folds
  EXPECT_EQ(advice(Made(), 5, 0.0105), he);    // not in every kernel
  EXPECT_EQ(advice(Made(), 0.2, 0.02), he);
  EXPECT_EQ(advice(Made(test::deep(4, "relu", "he_normal")), 5, 0), "");
  EXPECT_EQ(advice(Made(test::deep(4, "tanh")), 5, 0.02),
            "relu instead of sigmoid and tanh, with kernel_initializer = \"he_normal\"");
  EXPECT_EQ(advice(Made(test::residual(4)), 0.2, 0), "optimizer.clip_norm=1");
}

TEST(GradientFlow, LeavesALayerThatIsDeadToItsOwnVerdict) {
  Made made = with_gradients(10);
  made.epochs[0].statistics.activations[2].dead = 1;
  EXPECT_TRUE(gradient_flow(made.record()).empty());
  EXPECT_EQ(dead_units(made.record()).size(), 1u);
}

TEST(DeadUnits, BlamesTheLearningRateOnlyForALargeStep) {
  Made made;
  made.add(1, 1).statistics.activations[0].dead = 0.95;
  made.epochs[0].statistics.parameters[2].largest_update = 1;  // of a layer that is not dead
  EXPECT_EQ(dead_units(made.record()).at(0).advice, "");
  made.epochs[0].statistics.parameters[0].largest_update = 0.3;
  made.add(1, 1).statistics.activations[0].dead = 0.95;
  EXPECT_NE(dead_units(made.record()).at(0).advice.find("a tenth of optimizer.learning_rate"),
            std::string::npos);
  made.epochs[1].statistics.activations[0].dead = 0.89;
  EXPECT_EQ(dead_units(made.record()).at(0).advice, "");
}

TEST(DeadUnits, FromMoreThanHalfOfALayerOn) {
  Made made;
  made.add(1, 1).statistics.activations[0].dead = 0.59;
  EXPECT_TRUE(dead_units(made.record()).empty());
  made.epochs[0].statistics.activations[0].dead = 0.6;
  EXPECT_EQ(dead_units(made.record())[0].severity, Severity::warning);
  made.epochs[0].statistics.activations[0].dead = 0.95;
  EXPECT_EQ(dead_units(made.record())[0].severity, Severity::problem);
  // The last measurement counts, not the last epoch.
  made.add(1, 1).statistics.activations.clear();
  EXPECT_EQ(dead_units(made.record()).size(), 1u);
}

// All kernels shrink by `shrink` in each of 100 steps, in addition to the data's steps.
Made with_shrink(double shrink) {
  Made made;
  for (ParameterStatistics& p : made.add(1, 1).statistics.parameters) {
    p.shrink = shrink;
    p.effective_rate = 0.01;
  }
  return made;
}

TEST(PenaltySize, NeverMovesOrHadTooFewSteps) {
  const auto kind = [](double shrink) -> std::string {
    const Made made = with_shrink(shrink);
    Verdicts found = penalty_size(made.record());
    for (const Verdict& verdict : too_few_steps(made.record())) found.push_back(verdict);
    EXPECT_LE(found.size(), 1u);
    return found.empty() ? "" : found[0].kind;
  };
  EXPECT_EQ(kind(0), "");
  EXPECT_EQ(kind(9e-6), "penalty-never-moves");  // a share of 0.0009
  EXPECT_EQ(kind(2e-5), "too-few-steps");
  EXPECT_EQ(kind(4.9e-4), "too-few-steps");
  EXPECT_EQ(kind(5.1e-4), "");
}

TEST(PenaltySize, IsNotToBlameWhereTheWeightsHaveGrown) {
  Made made;
  made.add(2, 2).train.penalty = 3;
  made.epochs[0].train.objective = 5;
  EXPECT_EQ(penalty_size(made.record()).at(0).advice, "a tenth of regularize.l2 (1e-05)");
  made.epochs[0].statistics.parameters[2].weight_norm = 100;
  EXPECT_EQ(penalty_size(made.record()).at(0).advice, "");
}

TEST(UnderFitting, NeedsTimeToActOnEveryKernel) {
  Made made;
  for (ParameterStatistics& s : made.add(1.38, 1.38).statistics.parameters) s.shrink = 0.02;
  EXPECT_EQ(under_fitting(made.record()).at(0).advice, "a tenth of regularize.l2 (1e-05)");
  made.epochs[0].statistics.parameters[6].shrink = 0.009;
  EXPECT_TRUE(under_fitting(made.record()).empty());
}

TEST(PenaltySize, DominatesNotWhereTheDataIsFitted) {
  Made made;
  made.add(0.2, 0.2).train.penalty = 0.3;
  made.epochs[0].train.objective = 0.5;
  EXPECT_EQ(penalty_size(made.record())[0].kind, "penalty-dominates");
  made.epochs[0].train = {.data_loss = 0.02, .penalty = 0.03, .objective = 0.05};
  EXPECT_TRUE(penalty_size(made.record()).empty());
}

TEST(Record, TheLossOfWhatHasLearntNothing) {
  Made made;
  made.add(7, 7);
  EXPECT_NEAR(untrained_loss(made.record()), std::log(4), 1e-12);
  EXPECT_NEAR(untrained_loss({made.network, made.layout, "binary-cross-entropy", made.epochs}),
              std::log(2), 1e-12);
  EXPECT_EQ(untrained_loss({made.network, made.layout, "mse", made.epochs}), 7);
}

TEST(Record, Slope) {
  EXPECT_EQ(slope({}), 0);
  EXPECT_EQ(slope(std::vector{3.0}), 0);
  EXPECT_DOUBLE_EQ(slope(std::vector{1.0, 3.0, 5.0}), 2);
  EXPECT_DOUBLE_EQ(slope(std::vector{0.0, 1.0, 0.0, 1.0}), 0.2);
}

/// A layer of an application's own.
class OwnLayer : public LayerSpec {
 public:
  explicit OwnLayer(LayerTraits traits) : traits_(traits) {}
  std::string_view kind() const override { return "own"; }
  Attributes attributes() const override { return {}; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  LayerTraits traits() const override { return traits_; }

 private:
  LayerTraits traits_;
};

TEST(ScaleInvariance, FollowsTheTraitsOfLayers) {
  const auto found = [](LayerTraits first, LayerTraits second, bool use_bias) {
    Made made(Network{conv2d({.filters = 4, .kernel = 3, .use_bias = use_bias}),
                      Layer(std::make_shared<OwnLayer>(first)),
                      Layer(std::make_shared<OwnLayer>(second)), flatten(), dense({.units = 2})});
    for (ParameterStatistics& p : made.add(1, 1).statistics.parameters) p.shrink = 1e-3;
    return !scale_invariance(made.record()).empty();
  };
  const LayerTraits norm{.channels = ChannelFlow::passes, .normalizes = true};
  const LayerTraits scale{.channels = ChannelFlow::passes, .keeps_scale = true};
  const LayerTraits both{.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  const LayerTraits mixes{.channels = ChannelFlow::mixes, .keeps_scale = true, .keeps_shift = true};
  EXPECT_TRUE(found(both, norm, true));
  EXPECT_FALSE(found(scale, norm, true)) << "the bias shifts what is scaled";
  EXPECT_TRUE(found(scale, norm, false));
  EXPECT_FALSE(found({}, norm, false)) << "nothing is known of the layer";
  EXPECT_FALSE(found(mixes, norm, false)) << "a kernel is on the way";
  EXPECT_FALSE(found(both, both, false)) << "there is no normalisation";
}

}  // namespace
}  // namespace ridgeline::diagnose
