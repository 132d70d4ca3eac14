#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "ridgeline/error.hpp"
#include "select/edge.hpp"
#include "select/methods/method.hpp"
#include "select/plan.hpp"
#include "select/rules.hpp"
#include "select/samplers/sampler.hpp"
#include "select/score.hpp"
#include "select/study.hpp"
#include "select/trainer.hpp"

namespace ridgeline::selection {
namespace {

constexpr int most_trials = 100'000;

void check_options(const SelectOptions& o, const SelectionTask& task) {
  if (o.over.empty()) throw UsageError("select.over names no key: for example regularize.l2");
  for (const auto& [key, range] : o.over) check(key, range);
  if (o.trials < 1) {
    throw UsageError(fmt::format("select.trials must be at least 1, not {}", o.trials));
  }
  if (o.trials > most_trials) {
    throw UsageError(
        fmt::format("select.trials must be at most {}, not {}", most_trials, o.trials));
  }
  if (o.folds < 1) {
    throw UsageError(fmt::format("select.folds must be at least 1, not {}", o.folds));
  }
  if (o.jobs < 0) throw UsageError(fmt::format("select.jobs must not be negative, not {}", o.jobs));
  check_metric(o.metric, o.over, task.metrics);
  check_rule(o.rule);
  make_method(o, task);
}

// What must not change between the parts of a study.
Settings settings_of(const SelectOptions& o, const SelectionTask& task) {
  Settings settings;
  for (const auto& [key, r] : o.over) {
    settings.emplace_back("select.over." + key,
                          r.values.empty()
                              ? fmt::format("{} to {}, {}", r.min, r.max, r.log ? "log" : "linear")
                              : fmt::format("{}", r.values));
  }
  settings.insert(settings.end(), {{"select.over", fmt::format("{}", o.over.size())},
                                   {"select.method", o.method},
                                   {"select.trials", fmt::format("{}", o.trials)},
                                   {"select.folds", fmt::format("{}", o.folds)},
                                   {"the folds' seed", fmt::format("{}", o.seed)}});
  if (o.folds == 1) settings.emplace_back("data.validation", fmt::format("{}", o.holdout));
  settings.insert(settings.end(), task.settings.begin(), task.settings.end());
  return settings;
}

std::vector<Request> joined(std::vector<Request> first, const std::vector<Request>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class Runner {
 public:
  Runner(const SelectOptions& options, const SelectionTask& task) : options_(options), task_(task) {
    result_.rule = applied_rule(options_.rule, options_.over);
    if (!options_.study.empty()) open_study();
    trainer_.emplace(options_, task_, board_, study());
  }

  Selection run() {
    std::vector<Request> rung;
    whole_or_nothing([&] {
      rung = method_->next(board_);
      begin(rung);
    });
    result_.guess = task_.guess;
    while (!rung.empty() && trainer_->train(rung, method_->later(board_))) {
      rung = method_->next(board_);
      tell_decisions();
    }
    result_.interrupted = !rung.empty();
    result_.trials = trainer_->trials();
    result_.trainings = trainer_->trainings();
    result_.seconds = trainer_->seconds();
    if (!result_.interrupted) choose();
    return std::move(result_);
  }

 private:
  void open_study() {
    // Before the study is made, so that an error leaves no files.
    if (!Study::exists(options_.study)) {
      Board board;
      const auto method = make_method(options_, task_);
      const std::vector<Request> rung = method->next(board);
      check_disk_space(plan_of(options_, task_, board, joined(rung, method->later(board)), nullptr),
                       options_.study);
    }
    study_.emplace(options_.study, settings_of(options_, task_), options_.resume);
    board_ = Board(&*study_);
    whole_or_nothing([&] {
      study_->note({{"select.metric", options_.metric}, {"select.rule", options_.rule}});
    });
  }

  void begin(const std::vector<Request>& rung) {
    const std::vector<Request> later = method_->later(board_);
    SelectPlan plan = plan_of(options_, task_, board_, joined(rung, later), study());
    plan.expected = !later.empty();
    if (!task_.metrics.empty()) plan.metric = task_.metrics.front().name;
    if (study_) check_disk_space(plan, options_.study);
    if (task_.begin) task_.begin();
    if (options_.on_plan) options_.on_plan(plan);
  }

  /// A study that cannot begin is removed.
  template <typename Action>
  void whole_or_nothing(Action action) {
    try {
      action();
    } catch (...) {
      if (study_) study_->discard();
      throw;
    }
  }

  Study* study() { return study_ ? &*study_ : nullptr; }

  bool learnable() const {
    return !task_.guess || std::ranges::any_of(result_.trials, [&](const Trial& trial) {
      return trial.validation && better_than_guess(trial, *task_.guess);
    });
  }

  // Those that were not told yet.
  void tell_decisions() {
    const std::vector<Decision>& all = board_.decisions();
    for (std::size_t& told = told_; told < all.size(); ++told) {
      if (study_) study_->decide(static_cast<int>(told) + 1, all[told]);
      trainer_->tell({.trial = all[told].trial, .decision = &all[told]});
    }
  }

  void choose() {
    result_.decisions = board_.decisions();
    if (!learnable()) return;
    if (auto choice = method_->choose(board_, result_.rule)) {
      result_.curve = std::move(choice->curve);
      result_.tied = choice->tied;
      take(trial_of(*choice));
      return;
    }
    const Choice choice = selection::choose(result_.trials, options_.metric, result_.rule);
    if (choice.chosen == nullptr) return;
    result_.tied = choice.tied;
    take(*choice.chosen);
  }

  // The trial of the chosen values. It is new if these values were not trained.
  Trial trial_of(const ModelChoice& choice) {
    const int number = board_.trial(choice.chosen);
    const auto known = std::ranges::find(result_.trials, number, &Trial::number);
    if (known != result_.trials.end() && known->status == "done") {
      Trial trial = *known;
      if (choice.epochs > 0) trial.epochs = choice.epochs;
      return trial;
    }
    std::vector<int> epochs;
    for (const Trial& trial : result_.trials) {
      if (trial.status == "done") epochs.push_back(trial.epochs);
    }
    Trial trial{.number = number,
                .parameters = choice.chosen,
                .score = choice.score,
                .standard_error = choice.standard_error,
                .status = "predicted",
                .epochs = choice.epochs > 0 ? choice.epochs : median(epochs)};
    if (study_) study_->finish(trial);
    if (known != result_.trials.end()) {
      *known = trial;
    } else {
      result_.trials.push_back(trial);
    }
    return trial;
  }

  void take(const Trial& chosen) {
    result_.chosen = chosen.parameters;
    result_.at_edge = edges_of(result_, options_.over, task_.settle);
    if (study_) study_->choose(chosen.number);
    if (options_.refit) refit(chosen);
  }

  void refit(const Trial& chosen) {
    auto record = study_ ? study_->refit(chosen.number) : std::nullopt;
    if (!record && trainer_->stop_asked()) {
      result_.interrupted = true;
      return;
    }
    const auto start = std::chrono::steady_clock::now();
    const SelectProgress where{.parameters = chosen.parameters};
    if (!record) trainer_->tell(where);
    // If it is already finished, this only reads its files.
    History history = task_.refit(
        {.parameters = chosen.parameters,
         .epochs = chosen.epochs,
         .run = options_.study.empty() ? std::filesystem::path() : options_.study / "refit",
         .callbacks = trainer_->telling(where, [](const Epoch&) {})});
    result_.interrupted = history.interrupted;
    if (result_.interrupted) return;
    if (!record) {
      record = {.trial = chosen.number,
                .epochs = chosen.epochs,
                .seconds = seconds_of(start, history.epochs),
                .test = task_.test ? task_.test() : std::nullopt};
      if (study_) study_->finish(*record);
    }
    ++result_.trainings;
    result_.seconds += record->seconds;
    result_.refit = std::move(history);
    result_.test = record->test;
  }

  const SelectOptions& options_;
  const SelectionTask& task_;
  std::optional<Study> study_;
  Board board_;
  std::unique_ptr<Method> method_ = make_method(options_, task_);
  std::optional<Trainer> trainer_;
  std::size_t told_ = 0;  // decisions
  Selection result_;
};

}  // namespace

Selection run(const SelectOptions& options, const SelectionTask& task) {
  check_options(options, task);
  return Runner(options, task).run();
}

}  // namespace ridgeline::selection
