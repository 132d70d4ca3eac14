// The method evidence: its candidates, and the maximum that it chooses.

#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::key;

// The log evidence falls by 40 nats for each squared decade from `best`.
SelectionTask task(double best, int* trainings = nullptr, int interrupt_at = 0) {
  SelectionTask task{.settings = {{"problem", "evidence"}}, .settle = {}};
  task.train = [=](const FoldCall& call) {
    if (trainings && ++*trainings == interrupt_at) return FoldResult{.interrupted = true};
    EXPECT_EQ(call.request.measure, Measure::evidence);
    const double far = std::log10(call.parameters.at(key)) - best;
    Epoch epoch{.epoch = 5, .validation = Metrics{}};
    epoch.validation->data_loss = 1;
    return FoldResult{.epochs = {epoch},
                      .values = {{"log_evidence", -5000 - 40 * far * far},
                                 {"effective_parameters", 120},
                                 {"fixed_point", 1e-3}}};
  };
  task.refit = [](const RefitCall& call) {
    EXPECT_EQ(call.epochs, 5);
    return History{};
  };
  return task;
}

SelectOptions options() {
  return {.over = log_range(key, 1e-6, 1e-1), .method = "evidence"};
}

TEST(EvidenceMethod, ChoosesTheMaximumOfTheEvidence) {
  const Selection selection = run(options(), task(-2.7));
  EXPECT_NEAR(std::log10(selection.chosen.at(key)), -2.7, 0.02);
  EXPECT_NEAR(std::log10(selection.tied->second), -2.7 + std::sqrt(3.0 / 40), 0.03);
  EXPECT_EQ(selection.trainings, 7) << "six values and the refit";
  for (const Trial& trial : selection.trials) EXPECT_GT(trial.parameters.at(key), 0);
  EXPECT_THAT(selection.decisions.front().reason, testing::HasSubstr("log evidence"));
}

TEST(EvidenceMethod, AMaximumBeyondTheRangeIsItsEnd) {
  EXPECT_DOUBLE_EQ(run(options(), task(1)).chosen.at(key), 0.1);
  EXPECT_NEAR(run(options(), task(-9)).chosen.at(key), 1e-6, 1e-9);
}

class EvidenceStudy : public test::InFolder {};

TEST_F(EvidenceStudy, AnInterruptedStudyEndsWithTheSameNumbers) {
  const Selection whole = run(options(), task(-2.7));
  SelectOptions kept = options();
  kept.study = folder_;
  int trainings = 0;
  EXPECT_TRUE(run(kept, task(-2.7, &trainings, 4)).interrupted);
  const Selection last = run(kept, task(-2.7, &trainings));
  EXPECT_EQ(trainings, 7) << "six, and the interrupted one again";
  EXPECT_EQ(last.chosen, whole.chosen);
  EXPECT_EQ(last.decisions, whole.decisions);
}

TEST(EvidenceMethod, RefusesKeysThatAreNoPrior) {
  const auto refused = [](const SearchSpace& over) {
    SelectOptions wrong = options();
    wrong.over = over;
    test::expect_error<UsageError>([&] { run(wrong, task(-3)); }, "the precision of a prior");
  };
  refused(log_range("regularize.decay", 1e-4, 1));
  refused({{key, {.values = {0, 1}}}});
}

}  // namespace
}  // namespace ridgeline::selection
