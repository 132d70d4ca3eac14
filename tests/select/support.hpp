#pragma once
// Selections with a known result.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>
#include <string>

#include "ridgeline/error.hpp"
#include "select/task.hpp"

namespace ridgeline::selection::test {

inline const std::string key = "regularize.l2";

inline Trial trial(double value, double score, double error, std::string status = "done") {
  Trial t{.parameters = {{key, value}},
          .score = score,
          .standard_error = error,
          .status = std::move(status)};
  t.train = Metrics{.data_loss = score / 2, .values = {{"accuracy", score / 2}}};
  return t;
}

/// One weight, estimated as 1 with a variance of `variance` and shrunk by 1 / (1 + l2), as ridge
/// regression does. The expected error of the estimate, (variance + l2^2) / (1 + l2)^2, is lowest
/// for l2 = variance.
struct RidgeProblem {
  double variance = 0.1;
  std::vector<double> offsets = {0};  // what each fold adds to its loss
  double diverges_above = std::numeric_limits<double>::infinity();
  int epochs = 3;
  std::vector<std::pair<int, int>> trained;  // (trial, fold), in order
  int tests = 0;
  std::mutex mutex;  // several trainings may run at once

  double loss(double l2) const { return (variance + l2 * l2) / std::pow(1 + l2, 2); }

  FoldResult train(const FoldCall& call) {
    {
      const std::scoped_lock lock(mutex);
      trained.emplace_back(call.request.id.trial, call.request.id.fold);
    }
    const double l2 = call.parameters.at(key);
    if (l2 > diverges_above) return {.diverged = true};
    FoldResult result;
    for (int e = 1; e <= epochs; ++e) {
      Epoch epoch{.epoch = e, .seconds = 0.25, .validation = Metrics{}};
      const std::size_t fold = static_cast<std::size_t>(call.request.id.fold) - 1;
      epoch.validation->data_loss = loss(l2) + offsets[fold % offsets.size()] + epochs - e;
      epoch.validation->data_loss_error = 0.01;
      epoch.validation->images = 100;
      epoch.train.data_loss = epoch.validation->data_loss / 2;
      epoch.train.values = epoch.validation->values = {{"accuracy", 0, 0.125}, {"top5", 1}};
      result.epochs.push_back(epoch);
      if (call.callbacks.on_epoch) call.callbacks.on_epoch(epoch);
    }
    return result;
  }

  SelectionTask task() {
    return {.settings = {{"problem", "ridge"}},
            .settle = {},
            .train = [this](const FoldCall& call) { return train(call); },
            .refit =
                [](const RefitCall& call) {
                  History history;
                  history.epochs.resize(static_cast<std::size_t>(call.epochs));
                  return history;
                },
            .metrics = {{"accuracy"}, {"top5"}},
            .test =
                [this] {
                  ++tests;
                  return Metrics{.data_loss = 0.5, .values = {{"accuracy", 0.75}}};
                },
            .guess = {}};
  }
};

/// A folder for each test, removed afterwards.
class InFolder : public testing::Test {
 protected:
  InFolder() { std::filesystem::remove_all(folder_); }
  ~InFolder() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("ridgeline-select-" + std::to_string(getpid()) + "-" +
       testing::UnitTest::GetInstance()->current_test_info()->name());
};

/// Expects `action` to throw an Error of this kind whose sentence contains `part`.
template <typename Error, typename Action>
void expect_error(Action&& action, const std::string& part) {
  try {
    action();
    ADD_FAILURE() << "nothing was thrown; expected: " << part;
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

}  // namespace ridgeline::selection::test
