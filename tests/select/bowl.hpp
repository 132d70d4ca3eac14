#pragma once
// A selection over two keys whose best values are known: 1e-3 for the learning rate and 1e-4 for
// the penalty.

#include <map>

#include "select/support.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection::test {

inline const std::string rate = "optimizer.learning_rate";

/// Scores are the squared distance from the best values in decades. A training that has fewer
/// epochs or images has a higher score, the same for all candidates.
struct Bowl {
  double noise = 0.02;
  int epochs = 9;
  int interrupt_at = 0;  // the call that is interrupted; 0: none
  std::vector<std::tuple<int, int, double, int>> trained = {};  // trial, fold, share, until
  std::mutex mutex = {};

  static double decades(double value, double best) {
    return value > 0 ? std::log10(value / best) : 4;
  }
  static double exact(const Assignment& at) {
    double sum = 0;
    if (at.contains(key)) sum += std::pow(decades(at.at(key), 1e-4), 2);
    if (at.contains(rate)) sum += std::pow(decades(at.at(rate), 1e-3), 2);
    return 0.1 * sum;
  }

  SelectionTask task(int folds) {
    SelectionTask task{.settings = {{"problem", "bowl"}}, .settle = {}};
    task.fold_images.assign(static_cast<std::size_t>(folds), 40000);
    task.images = 50000;
    task.cost = [this](const Assignment&) { return TrainingCost{.epochs = epochs}; };
    task.train = [this](const FoldCall& call) {
      {
        const std::scoped_lock lock(mutex);
        trained.emplace_back(call.request.id.trial, call.request.id.fold, call.request.id.share,
                             call.request.until);
        if (static_cast<int>(trained.size()) == interrupt_at) {
          return FoldResult{.interrupted = true};
        }
      }
      Random random(static_cast<std::uint64_t>(call.request.id.trial), Purpose::test,
                    static_cast<std::uint64_t>(call.request.id.fold),
                    static_cast<std::uint64_t>(call.request.id.share * 64));
      const int epoch = call.request.until > 0 ? call.request.until : epochs;
      Epoch last{.epoch = epoch, .validation = Metrics{}};
      last.validation->data_loss = exact(call.parameters) + 0.1 * call.request.id.fold +
                                   noise * random.normal() + 1.0 / epoch +
                                   0.1 / call.request.id.share;
      last.validation->data_loss_error = noise;
      return FoldResult{.epochs = {last}, .paused = call.request.until > 0};
    };
    task.refit = [](const RefitCall&) { return History{}; };
    return task;
  }
};

inline const SearchSpace both_keys{{key, {.min = 1e-6, .max = 1e-1}},
                                   {rate, {.min = 1e-5, .max = 1e-1}}};

}  // namespace ridgeline::selection::test
