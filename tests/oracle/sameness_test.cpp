// Things that must not change the result: the number of threads, the division of a batch, and other
// users of the engine.

#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline::oracle {
namespace {

Network varied() {
  const auto x = input();
  auto y = conv2d({.filters = 16, .kernel = 3, .padding = Padding::same()})(x);
  y = max_pool2d()(activation("relu")(batch_norm2d()(y)));
  y = dropout({.rate = 0.4})(flatten()(y));
  return Network(x, dense({.units = 5, .activation = "softmax"})(y));
}

// With every layer that draws random numbers, and a penalty of activations.
Network regularised() {
  return Network({conv2d({.filters = 16, .padding = Padding::same(), .activation = "relu"}),
                  spatial_dropout2d({.rate = 0.3}),
                  activity_regularization({.l2 = 0.1, .l1 = 0.01}), max_pool2d(),
                  gaussian_noise({.stddev = 0.1}), flatten(), dropout({.rate = 0.4}),
                  dense({.units = 5, .activation = "softmax"})});
}

std::vector<float> all_weights(const engine::State& state) {
  std::vector<float> all;
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    all.insert(all.end(), state.weights(p).begin(), state.weights(p).end());
  }
  return all;
}

void train(Harness& h, int steps) {
  const auto setting = adam();
  const auto penalties = std::vector<Penalty>(h.state().parameters().size(), Penalty{0.01, 0, 0});
  const LossPtr loss = cross_entropy();
  for (int s = 0; s < steps; ++s) {
    const engine::Batch batch = h.batch();
    h.engine().gradient(h.state(), batch, *loss, {static_cast<double>(batch.images), true});
    h.engine().update(h.state(), {setting.optimizer.get(), 1e-2, 1.0, 0, penalties});
  }
}

TEST(Sameness, TheSameBitsOnAnyNumberOfThreads) {
  for (const Network& network : {varied(), regularised()}) {
    std::vector<float> expected;
    for (const int threads : {1, 2, 3, 5}) {
      Harness h(
          {.network = network, .input = {3, 8, 8}, .images = 13, .threads = threads, .shards = 4},
          6);
      train(h, 5);
      const auto weights = all_weights(h.state());
      if (expected.empty()) expected = weights;
      EXPECT_EQ(weights, expected) << threads << " threads";
    }
  }
}

TEST(Sameness, ShardsChangeNoMoreThanRounding) {
  Harness one({.network = varied(), .input = {3, 8, 8}, .images = 13, .threads = 1, .shards = 1},
              6);
  Harness six({.network = varied(), .input = {3, 8, 8}, .images = 13, .threads = 2, .shards = 6},
              6);
  const LossPtr loss = cross_entropy();
  one.engine().gradient(one.state(), one.batch(), *loss, {13, true});
  six.engine().gradient(six.state(), six.batch(), *loss, {13, true});
  for (std::size_t p = 0; p < one.state().parameters().size(); ++p) {
    if (one.state().parameters()[p].spec.role == Role::statistic) continue;
    expect_close(six.engine().gradient_of(six.state(), p),
                 doubles(one.engine().gradient_of(one.state(), p)), 1e-4,
                 one.state().parameters()[p].name);
  }
}

TEST(Sameness, MicroBatchesAddUpToTheBatch) {
  const Network network({conv2d({.filters = 5, .kernel = 3, .activation = "relu"}), max_pool2d(),
                         activity_regularization({.l2 = 0.3, .l1 = 0.2}), flatten(),
                         dense({.units = 4, .activation = "softmax"})});
  Case c{.network = network, .input = {2, 9, 9}, .images = 11};
  Harness whole(c, 4), parts(c, 4);
  const LossPtr loss = cross_entropy();
  const engine::LossSums sum =
      whole.engine().gradient(whole.state(), whole.batch(), *loss, {11, true});
  engine::LossSums in_parts;
  for (const auto& [first, count] : {std::pair{0, 4}, {4, 6}, {10, 1}}) {
    const engine::LossSums part = parts.engine().gradient(
        parts.state(), parts.batch(first, count), *loss,
        {.weight = 11, .first = first == 0, .last = first == 10, .images = 11});
    in_parts.loss += part.loss;
    in_parts.activity += part.activity;
  }
  EXPECT_NEAR(in_parts.loss, sum.loss, 1e-4);
  EXPECT_GT(sum.activity, 0);
  EXPECT_NEAR(in_parts.activity, sum.activity, 1e-6 * sum.activity);
  for (std::size_t p = 0; p < whole.state().parameters().size(); ++p) {
    expect_close(parts.engine().gradient_of(parts.state(), p),
                 doubles(whole.engine().gradient_of(whole.state(), p)), 1e-5, "gradient");
  }
  const auto setting = sgd();
  const std::vector<Penalty> penalties(whole.state().parameters().size());
  const engine::UpdateRule rule{setting.optimizer.get(), 0.1, 0, 0, penalties};
  const auto a = whole.engine().update(whole.state(), rule);
  const auto b = parts.engine().update(parts.state(), rule);
  EXPECT_NEAR(a.gradient_norm, b.gradient_norm, 1e-5);
  expect_close(all_weights(parts.state()), doubles(all_weights(whole.state())), 1e-6, "weights");
}

TEST(Sameness, ImagesArePredictedAloneAsInABatch) {
  Harness h({.network = varied(), .input = {3, 8, 8}, .images = 7, .shards = 3}, 2);
  train(h, 3);
  std::vector<float> all(7 * 5), one(5);
  h.engine().predict(h.state(), h.batch(), all);
  for (int i = 0; i < 7; ++i) {
    h.engine().predict(h.state(), h.batch(i, 1), one);
    float sum = 0;
    for (int k = 0; k < 5; ++k) {
      EXPECT_NEAR(one[k], all[i * 5 + k], 1e-6);
      sum += one[k];
    }
    EXPECT_NEAR(sum, 1, 1e-5) << "a softmax gives probabilities";
  }
}

// Tiles of images, since there are fewer images than threads.
TEST(Sameness, ThreadsShareAnImage) {
  for (const std::string& name : small_presets()) {
    SCOPED_TRACE(name);
    const auto results = [&](int threads, int images, Precision precision) {
      engine::Engine engine(preset(name, 10), {3, 32, 32},
                            {.threads = threads, .shards = 1, .compute = {.precision = precision}});
      engine::State state = engine.initial_state(1);
      Random random(1, Purpose::test, 8);
      const auto pixels = random_values(static_cast<std::size_t>(images * 3 * 32 * 32), random);
      const std::vector<std::int32_t> labels(static_cast<std::size_t>(images), 3);
      const engine::Batch batch{images, pixels, class_targets(labels)};
      std::vector<float> values(static_cast<std::size_t>(images * 10));
      engine.predict(state, batch, values);
      engine.gradient(state, batch, *cross_entropy(), {static_cast<double>(images)});
      for (std::size_t p = 0; p < state.parameters().size(); ++p) {
        if (state.parameters()[p].spec.role == Role::statistic) continue;
        const auto gradient = engine.gradient_of(state, p);
        values.insert(values.end(), gradient.begin(), gradient.end());
      }
      return values;
    };
    for (const int images : {1, 2}) {
      for (const Precision precision : {Precision::fp32, Precision::bf16}) {
        const auto alone = results(1, images, precision);
        for (const int threads : {2, 3, 40}) {
          EXPECT_EQ(results(threads, images, precision), alone) << images << " " << threads;
        }
      }
    }
  }
}

// The same bits, also if several threads share an image, and for each image whatever else is
// computed.
TEST(Sameness, ActivityPenaltiesDependOnShardsAlone) {
  const LossPtr loss = cross_entropy();
  const auto sums = [&](int threads, int shards, std::int64_t images) {
    Harness h({.network = regularised(),
               .input = {3, 8, 8},
               .images = images,
               .threads = threads,
               .shards = shards},
              6);
    const double trained =
        h.engine().gradient(h.state(), h.batch(), *loss, {static_cast<double>(images)}).activity;
    return std::pair(trained, h.engine().evaluate(h.state(), h.batch(), *loss).activity);
  };
  for (const int images : {1, 2, 13}) {
    for (const int shards : {1, 4}) {
      const auto expected = sums(1, shards, images);
      EXPECT_GT(expected.first, 0);
      EXPECT_NE(expected.first, expected.second) << "with dropout and without";
      for (const int threads : {2, 3, 8}) EXPECT_EQ(sums(threads, shards, images), expected);
    }
  }
  Harness h({.network = regularised(), .input = {3, 8, 8}, .images = 7, .shards = 3}, 2);
  double one_by_one = 0;
  for (int i = 0; i < 7; ++i) {
    one_by_one += h.engine().evaluate(h.state(), h.batch(i, 1), *loss).activity;
  }
  EXPECT_NEAR(h.engine().evaluate(h.state(), h.batch(), *loss).activity, one_by_one,
              1e-6 * one_by_one);
}

TEST(Sameness, StatesShareAnEngineWithoutTouchingEachOther) {
  Case c{.network = varied(), .input = {3, 8, 8}, .images = 6};
  Harness alone(c, 9), shared(c, 9);
  engine::State other = shared.engine().initial_state(77);
  train(alone, 2);
  const LossPtr loss = cross_entropy();
  const auto setting = adam();
  const std::vector<Penalty> penalties(other.parameters().size());
  for (int s = 0; s < 2; ++s) {
    train(shared, 1);
    shared.engine().gradient(other, shared.batch(), *loss, {6, true});
    shared.engine().update(other, {setting.optimizer.get(), 1e-2, 0, 0, penalties});
  }
  EXPECT_EQ(all_weights(shared.state()), all_weights(alone.state()));
}

TEST(Sameness, BatchNormKeepsRunningStatisticsOfTheWholeBatch) {
  Harness h({.network = varied(), .input = {3, 8, 8}, .images = 8, .shards = 3}, 5);
  const auto find = [&](const std::string& name) {
    for (std::size_t p = 0; p < h.state().parameters().size(); ++p) {
      if (h.state().parameters()[p].name == name) return p;
    }
    return std::size_t{0};
  };
  const std::size_t mean = find("batch_norm2d_1.moving_mean");
  const auto before = doubles(h.state().weights(mean));
  h.engine().gradient(h.state(), h.batch(), *cross_entropy(), {8, true});
  const auto after = doubles(h.state().weights(mean));

  reference::Convolution conv{{.kernel = 3, .padding = Padding::same()}, 16, 1};
  reference::Batch x(8, 3, 8, 8);
  x.data = doubles(h.batch().inputs);
  reference::Values batch_mean, variance;
  reference::batch_statistics(
      reference::convolve(conv, x, doubles(h.state().weights(find("conv2d_1.kernel"))),
                          doubles(h.state().weights(find("conv2d_1.bias")))),
      batch_mean, variance);
  for (std::size_t c = 0; c < 16; ++c) {
    EXPECT_NEAR(after[c], 0.99 * before[c] + 0.01 * batch_mean[c], 1e-6);
  }
}

TEST(Sameness, MaxPoolTiesGoToTheFirstInRowMajorOrder) {
  // All numbers equal: every window is a tie. The gradient must arrive at each window's first.
  const auto x = input();
  const auto scaled = conv2d({.filters = 1, .kernel = 1, .use_bias = true})(x);
  const auto y = dense({.units = 2, .activation = "softmax"})(flatten()(max_pool2d()(scaled)));
  const Network network(x, y);
  Harness h({.network = network, .input = {1, 4, 4}, .images = 1, .threads = 1, .shards = 1}, 1);
  std::vector<float> ramp(16);
  for (std::size_t i = 0; i < 16; ++i) ramp[i] = static_cast<float>(i);
  for (float& w : h.state().weights(0)) w = 0;  // the kernel: every output equals the bias
  h.state().touch();
  const std::vector<std::int32_t> label{0};
  h.engine().gradient(h.state(), {1, ramp, class_targets(label), {}, 0}, *cross_entropy(),
                      {1, true});
  // d loss / d kernel = sum over windows of gradient * input at the position that won.
  const auto kernel = h.engine().gradient_of(h.state(), 0);
  reference::Problem problem{.network = network,
                             .input = {1, 4, 4},
                             .images = 1,
                             .inputs = doubles(ramp),
                             .weights = {},
                             .head = Head::logits,
                             .training = true,
                             .keeps = {}};
  for (std::size_t p = 0; p < h.state().parameters().size(); ++p) {
    problem.weights[h.state().parameters()[p].name] = doubles(h.state().weights(p));
  }
  const auto expected = reference::run(problem, reference::cross_entropy_of(label));
  EXPECT_NEAR(kernel[0], expected.gradients.at("conv2d_1.kernel")[0], 1e-5);
  EXPECT_NE(kernel[0], 0);
}

}  // namespace
}  // namespace ridgeline::oracle
