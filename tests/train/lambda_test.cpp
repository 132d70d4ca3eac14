// Proves every conversion of a λ by training. With the converted penalty, Ridgeline finds the
// solution of a small problem that another library found with its own (tools/golden/lambda.py).
#include "ridgeline/lambda.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "data/folder.hpp"
#include "ridgeline/model.hpp"
#include "support/golden.hpp"

namespace ridgeline {
namespace {

using golden::Arrays;

// Relative to the largest weight. A wrong factor of 2 in the penalty moves the weights at least a
// hundred times as far. Each case checks that.
constexpr double tolerance = 1e-5;
constexpr double seen = 100 * tolerance;

// "pytorch/sgd/mse/plain"
struct Case {
  std::string convention, optimizer, loss;

  explicit Case(const std::string& name) {
    std::istringstream words(name);
    std::getline(words, convention, '/');
    std::getline(words, optimizer, '/');
    std::getline(words, loss, '/');
  }
  bool minimum() const { return optimizer == "minimum"; }
};

std::optional<double> number(const Arrays& arrays, const std::string& key) {
  const auto found = arrays.find(key);
  return found == arrays.end() ? std::nullopt : std::optional(found->second.at(0));
}

LambdaFacts facts(const Case& c, const Arrays& arrays) {
  const auto fact = [&](const std::string& name) { return number(arrays, "fact:" + name); };
  return {.learning_rate = fact("learning_rate"),
          .images = fact("images"),
          .batch = fact("batch"),
          .epochs = fact("epochs"),
          .steps = fact("steps"),
          .outputs = fact("outputs"),
          .target_sd = fact("target_sd"),
          .optimizer = c.minimum() ? "gd" : c.optimizer,
          .momentum = fact("momentum").value_or(0),
          .loss = c.loss};
}

LambdaNumbers numbers(const Arrays& arrays) {
  const std::string prefix = "number:";
  LambdaNumbers result;
  for (const auto& [name, values] : arrays) {
    if (name.starts_with(prefix)) result.emplace_back(name.substr(prefix.size()), values.at(0));
  }
  return result;
}

std::vector<float> floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

Dataset data(const Arrays& arrays, std::int64_t outputs) {
  const auto x = floats(arrays.at("x"));
  const auto images = static_cast<std::int64_t>(arrays.at("fact:images").at(0));
  const Shape shape{static_cast<std::int64_t>(x.size()) / images, 1, 1};
  if (const auto labels = arrays.find("labels"); labels != arrays.end()) {
    return from_memory(x, shape, ImageLayout::nchw,
                       std::vector<std::int32_t>(labels->second.begin(), labels->second.end()));
  }
  const auto pixels = memory_images(x, shape, ImageLayout::nchw);
  return Dataset(pixels, floats(arrays.at("targets")), outputs);
}

OptimizerSetting optimizer(const Case& c, double rate, double momentum) {
  if (c.minimum()) return gd({.learning_rate = rate, .momentum = momentum});
  if (c.optimizer == "sgd") return sgd({.learning_rate = rate, .momentum = momentum});
  const Adam options{.learning_rate = rate, .epsilon = 1e-9};
  return c.optimizer == "adam" ? adam(options) : adamw(options);
}

struct Problem {
  Case name;
  Arrays arrays;
  Penalty penalty;
  double learning_rate;
  double momentum = 0;

  Model model() const {
    const std::map<std::string, std::string> heads{
        {"mse", "linear"}, {"cross-entropy", "softmax"}, {"binary-cross-entropy", "sigmoid"}};
    const auto outputs = static_cast<int>(arrays.at("fact:outputs").at(0));
    const Layer head = dense({.units = outputs, .activation = heads.at(name.loss)});
    const Dataset images = data(arrays, outputs);
    const Network network =
        name.minimum() ? Network{flatten(), head}
                       : Network{flatten(), dense({.units = 3, .activation = "tanh"}), head};
    return Model(network,
                 {.input = images.image_shape(),
                  .loss = make_loss(name.loss),
                  .optimizer = optimizer(name, learning_rate, momentum),
                  .regularize = {.l2 = penalty.l2, .l1 = penalty.l1, .decay = penalty.decay},
                  .threads = 1,
                  .shards = 1});
  }
  Dataset images() const {
    return data(arrays, static_cast<std::int64_t>(arrays.at("fact:outputs").at(0)));
  }
};

// The biases of a softmax are known except for a number that is added to all.
std::vector<double> centred(std::vector<double> values) {
  double mean = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (double& v : values) v -= mean;
  return values;
}

/// The largest difference, in units of the largest weight, over the parameters `prefix` + name.
double distance(const Model& model, const Problem& problem, const std::string& prefix) {
  double largest = 0, difference = 0;
  for (const Parameter& parameter : model.layout().parameters) {
    std::vector<double> expected = problem.arrays.at(prefix + parameter.name);
    const auto weights = model.weights(parameter.name);
    std::vector<double> got(weights.begin(), weights.end());
    EXPECT_EQ(got.size(), expected.size()) << parameter.name;
    if (problem.name.minimum() && problem.name.loss == "cross-entropy" &&
        parameter.spec.role == Role::bias) {
      got = centred(got);
      expected = centred(expected);
    }
    for (std::size_t i = 0; i < got.size(); ++i) {
      largest = std::max(largest, std::abs(expected[i]));
      difference = std::max(difference, std::abs(got[i] - expected[i]));
    }
  }
  return difference / largest;
}

/// The distance from the other library's minimum at the end of training.
double train_to_minimum(const Problem& problem) {
  Model model = problem.model();
  const Dataset images = problem.images();
  model.fit(images, {.epochs = 3000, .batch = static_cast<std::int64_t>(images.size())});
  return distance(model, problem, "end:");
}

/// The largest distance after any step.
double train_by_steps(const Problem& problem) {
  Model model = problem.model();
  for (const Parameter& parameter : model.layout().parameters) {
    model.set_weights(parameter.name, floats(problem.arrays.at("start:" + parameter.name)));
  }
  const Dataset images = problem.images();
  const auto batch = static_cast<std::size_t>(problem.arrays.at("fact:batch").at(0));
  double furthest = 0;
  int step = 0;
  for (; problem.arrays.contains(fmt::format("step:{}:dense_1.kernel", step)); ++step) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < batch; ++i) {
      rows.push_back((static_cast<std::size_t>(step) * batch + i) % images.size());
    }
    model.fit(images.subset(rows), {.epochs = 1, .batch = static_cast<std::int64_t>(batch)});
    furthest = std::max(furthest, distance(model, problem, fmt::format("step:{}:", step)));
  }
  EXPECT_GE(step, 8);
  return furthest;
}

double train(const Problem& problem) {
  return problem.name.minimum() ? train_to_minimum(problem) : train_by_steps(problem);
}

/// Compares all cases of a file. Returns the largest distance.
double compare(const std::map<std::string, Arrays>& cases) {
  double furthest = 0;
  for (const auto& [name, arrays] : cases) {
    SCOPED_TRACE(name);
    const Case c(name);
    const LambdaConversion conversion =
        convert_lambda(c.convention, numbers(arrays), facts(c, arrays));
    // With mse, the curvature falls with the number of outputs. That of a softmax is small.
    const double outputs = arrays.at("fact:outputs").at(0);
    const double rate = !c.minimum()      ? conversion.learning_rate.value()
                        : c.loss == "mse" ? 0.2 * outputs
                                          : 1.0 * (c.loss == "cross-entropy" ? 1 : outputs);
    Problem problem{c, arrays, conversion.penalty, rate, facts(c, arrays).momentum};
    const double reached = train(problem);
    EXPECT_LE(reached, tolerance);
    furthest = std::max(furthest, reached);
    for (const double factor : {0.5, 2.0}) {
      const Penalty& p = conversion.penalty;
      problem.penalty = {factor * p.l2, factor * p.l1, factor * p.decay};
      EXPECT_GT(train(problem), seen) << "a penalty times " << factor << " is not seen";
    }
    if (conversion.learning_rate) {
      problem.penalty = conversion.penalty;
      problem.learning_rate = 2 * rate;
      EXPECT_GT(train(problem), seen) << "a learning rate times 2 is not seen";
    }
  }
  return furthest;
}

const std::vector<std::string> libraries{"numpy", "pytorch", "keras", "sklearn", "glmnet"};

std::map<std::string, Arrays> golden_cases(const std::string& library) {
  return golden::read("lambda/" + library + ".txt");
}

class LambdaGolden : public testing::TestWithParam<std::string> {};

TEST_P(LambdaGolden, TheConvertedPenaltyGivesTheSameWeights) {
  const double furthest = compare(golden_cases(GetParam()));
  RecordProperty("furthest", fmt::format("{:.2g}", furthest));
  std::printf("  largest relative difference: %.2g\n", furthest);
}

INSTANTIATE_TEST_SUITE_P(, LambdaGolden, testing::ValuesIn(libraries),
                         [](const auto& info) { return info.param; });

TEST(Lambda, EveryConventionIsProven) {
  std::set<std::string> proven{"ridgeline"};
  for (const std::string& library : libraries) {
    for (const auto& [name, arrays] : golden_cases(library)) proven.insert(Case(name).convention);
  }
  for (const LambdaConvention& convention : lambda_conventions()) {
    EXPECT_TRUE(proven.contains(convention.name)) << convention.name;
  }
}

// The coupled number has the same effect as SGD with Keras's decoupled decay.
TEST(Lambda, UnderPlainSgdDecayIsL2) {
  const std::string name = "keras-decay/sgd/cross-entropy/plain";
  const Arrays arrays = golden_cases("keras").at(name);
  const Case c(name);
  const LambdaConversion conversion =
      convert_lambda(c.convention, numbers(arrays), facts(c, arrays));
  const double coupled = conversion.in("pytorch").numbers.at(0).second;
  EXPECT_LE(train({c, arrays, {.l2 = coupled}, conversion.learning_rate.value()}), tolerance);
  // With momentum it has not, and no number is given.
  const std::string other = "keras-decay/sgd/cross-entropy/momentum";
  const Arrays heavy = golden_cases("keras").at(other);
  const LambdaConversion refused =
      convert_lambda(c.convention, numbers(heavy), facts(Case(other), heavy));
  EXPECT_TRUE(refused.in("pytorch").numbers.empty());
  EXPECT_GT(
      train(
          {Case(other), heavy, {.l2 = refused.penalty.decay}, refused.learning_rate.value(), 0.9}),
      seen);
}

TEST(ElasticNet, GivesScikitLearnsWeights) {
  for (const int outputs : {1, 2}) {
    const std::string name = fmt::format("sklearn-elasticnet/minimum/mse/{}-outputs", outputs);
    const Arrays arrays = golden_cases("sklearn").at(name);
    const Regularize net = elastic_net({.alpha = arrays.at("number:alpha").at(0),
                                        .l1_ratio = arrays.at("number:l1_ratio").at(0),
                                        .outputs = outputs});
    EXPECT_LE(train({Case(name), arrays, {.l2 = net.l2.value, .l1 = net.l1.value}, 0.2 * outputs}),
              tolerance);
  }
}

// Tests what a refusal says about momentum: the equilibrium of weights under decay.
TEST(Lambda, UnderMomentumDecayComesToRestWhereASmallerL2Does) {
  const Arrays arrays = golden_cases("sklearn").at("sklearn-ridge/minimum/mse/1-outputs");
  const auto weights = [&](const Penalty& penalty, double momentum) {
    const Problem problem{Case("ridgeline/minimum/mse"), arrays, penalty, 0.02, momentum};
    Model model = problem.model();
    model.fit(problem.images(),
              {.epochs = 3000, .batch = static_cast<std::int64_t>(problem.images().size())});
    return model.weights("dense_1.kernel");
  };
  constexpr double decay = 0.5, momentum = 0.75;
  const auto rest = weights({.decay = decay}, momentum),
             same = weights({.l2 = (1 - momentum) * decay}, momentum),
             other = weights({.l2 = decay}, momentum);
  double near = 0, far = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    near = std::max<double>(near, std::abs(rest[i] - same[i]));
    far = std::max<double>(far, std::abs(rest[i] - other[i]));
  }
  EXPECT_LT(near, tolerance);
  EXPECT_GT(far, seen);
}

// The same with what the library computes now, if Python has it. $RIDGELINE_PYTHON may name another
// interpreter than python3.
class LambdaLive : public testing::TestWithParam<std::string> {};

TEST_P(LambdaLive, TheLibraryStillAgrees) {
  const char* python = std::getenv("RIDGELINE_PYTHON");
  const test::Folder folder;
  const std::string command =
      fmt::format("'{}' -W ignore '{}/../../tools/golden/lambda.py' --only {} '{}' 2>'{}'",
                  python ? python : "python3", RIDGELINE_TEST_DATA, GetParam(),
                  folder.path().string(), (folder / "errors").string());
  const int status = std::system(command.c_str());
  const test::Bytes errors = test::read_bytes(folder / "errors");
  const std::string text(errors.begin(), errors.end());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 5 || WEXITSTATUS(status) == 127)) {
    GTEST_SKIP() << GetParam() << " is not there: " << text;
  }
  ASSERT_EQ(status, 0) << text;
  compare(golden::read_file((folder / (GetParam() + ".txt")).string()));
}

INSTANTIATE_TEST_SUITE_P(, LambdaLive, testing::ValuesIn(libraries),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace ridgeline
