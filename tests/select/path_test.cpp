// The method path: the order and the length of its trainings, when it ends, and what it chooses.

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::key;

/// Trainings on a loss of (log10 λ + 3)^2, and what they were asked for.
struct Calls {
  double noise = 0;
  double diverges_above = std::numeric_limits<double>::infinity();
  std::vector<Request> requests;
  std::vector<double> values;

  SelectionTask task(int interrupt_at = 0) {
    SelectionTask task{.settings = {{"problem", "path"}}, .settle = {}};
    task.train = [this, interrupt_at](const FoldCall& call) {
      if (interrupt_at > 0 && static_cast<int>(requests.size()) + 1 == interrupt_at) {
        return FoldResult{.interrupted = true};
      }
      requests.push_back(call.request);
      const double l2 = call.parameters.at(key);
      values.push_back(l2);
      if (l2 > diverges_above) return FoldResult{.diverged = true};
      const double place = l2 > 0 ? std::log10(l2) : -7;
      Epoch epoch{.epoch = call.request.epochs > 0 ? call.request.epochs : 9,
                  .validation = Metrics{}};
      epoch.validation->data_loss = 1 + 0.1 * std::pow(place + 3, 2) + 0.2 * call.request.id.fold +
                                    noise * (call.request.id.fold % 2 == 0 ? place : -place);
      epoch.validation->data_loss_error = 0.01;
      return FoldResult{.epochs = {epoch}};
    };
    task.refit = [](const RefitCall& call) {
      EXPECT_EQ(call.epochs, 9) << "the refit takes all epochs";
      return History{};
    };
    return task;
  }
};

SelectOptions options(int folds) {
  return {.over = log_range(key, 1e-6, 1e-1),
          .method = "path",
          .trials = 12,
          .folds = folds,
          .rule = "best"};
}

TEST(Path, GoesFromStrongToWeakWithTheWeightsOfTheOneBefore) {
  Calls calls{.noise = 0.5};  // too much noise to end early
  const Selection selection = run(options(2), calls.task());
  EXPECT_EQ(calls.requests.size(), 24U);
  EXPECT_TRUE(std::ranges::is_sorted(calls.values, std::greater<>()));
  EXPECT_EQ(calls.values.back(), 0);
  EXPECT_EQ(calls.requests[0].from, 0);
  EXPECT_EQ(calls.requests[0].epochs, 0);
  for (std::size_t i = 2; i < calls.requests.size(); ++i) {
    EXPECT_EQ(calls.requests[i].from, calls.requests[i - 2].id.trial);
    EXPECT_EQ(calls.requests[i].id.fold, calls.requests[i - 2].id.fold);
    EXPECT_EQ(calls.requests[i].epochs, 3);
    EXPECT_TRUE(calls.requests[i].keep);
  }
  EXPECT_NEAR(std::log10(selection.chosen.at(key)), -3, 0.3);
}

TEST(Path, EndsWhenTheScoresHavePlainlyPassedTheMinimum) {
  for (const int folds : {1, 3}) {
    Calls calls;
    const Selection selection = run(options(folds), calls.task());
    EXPECT_LT(selection.trials.size(), 12U);
    EXPECT_NEAR(std::log10(selection.chosen.at(key)), -3, 0.3);
    const auto decision = [&](std::size_t from_end) {
      return selection.decisions[selection.decisions.size() - from_end].reason;
    };
    EXPECT_THAT(decision(2), testing::HasSubstr("the path ends"));
    EXPECT_THAT(decision(1), testing::HasSubstr("is biased"));
  }
}

TEST(Path, GoesOnFromTheLastTrainingThatDidNotDiverge) {
  Calls calls{.noise = 0.5, .diverges_above = 0.01};
  const Selection selection = run(options(1), calls.task());
  EXPECT_EQ(calls.requests[1].from, 0) << "nothing to continue from";
  EXPECT_EQ(calls.requests[1].epochs, 0);
  EXPECT_EQ(selection.trials[0].status, "done") << "trials are numbered from the weakest";
}

class PathStudy : public test::InFolder {};

TEST_F(PathStudy, AnInterruptedPathEndsWithTheSameNumbersAndTrainsNothingTwice) {
  Calls whole;
  const Selection expected = run(options(2), whole.task());
  SelectOptions kept = options(2);
  kept.study = folder_;
  Calls parts;
  for (const int at : {2, 5, 8}) EXPECT_TRUE(run(kept, parts.task(at)).interrupted);
  const Selection last = run(kept, parts.task());
  EXPECT_EQ(last.chosen, expected.chosen);
  EXPECT_EQ(last.decisions, expected.decisions);
  EXPECT_EQ(last.tied, expected.tied);
  EXPECT_EQ(parts.requests, whole.requests);
}

TEST(Path, RefusesKeysThatHaveNoPath) {
  Calls calls;
  const auto refused = [&](const SearchSpace& over) {
    SelectOptions wrong = options(1);
    wrong.over = over;
    test::expect_error<UsageError>([&] { run(wrong, calls.task()); }, "one key of [regularize]");
  };
  refused(log_range("optimizer.learning_rate", 1e-4, 1));
  refused(log_range("regularize.l2_sp", 1e-4, 1));
  refused({{key, {}}, {"regularize.decay", {}}});
}

}  // namespace
}  // namespace ridgeline::selection
