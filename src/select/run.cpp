#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "ridgeline/error.hpp"
#include "select/cost.hpp"
#include "select/edge.hpp"
#include "select/methods/method.hpp"
#include "select/plan.hpp"
#include "select/rules.hpp"
#include "select/samplers/sampler.hpp"
#include "select/score.hpp"
#include "select/splits.hpp"
#include "select/study.hpp"
#include "select/study_settings.hpp"
#include "select/trainer.hpp"
#include "select/units.hpp"

namespace ridgeline::selection {
namespace {

constexpr int most_trials = 100'000;

void check_options(const SelectOptions& o, const SelectionTask& task) {
  if (o.over.empty()) throw UsageError("select.over names no key: for example regularize.l2");
  for (const auto& [key, range] : o.over) {
    check(key, range);
    check_unit(key, range);
  }
  if (o.trials < 1) {
    throw UsageError(fmt::format("select.trials must be at least 1, not {}", o.trials));
  }
  if (o.trials > most_trials) {
    throw UsageError(
        fmt::format("select.trials must be at most {}, not {}", most_trials, o.trials));
  }
  check_split_options(o);
  if (o.jobs < 0) throw UsageError(fmt::format("select.jobs must not be negative, not {}", o.jobs));
  check_metric(o.metric, o.over, task.metrics);
  check_rule(o.rule);
  make_method(o, task);
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
    board_.set_distinct_folds(task_.distinct_folds);
    trainer_.emplace(options_, task_, board_, study());
  }

  Selection run() {
    std::vector<Request> rung;
    whole_or_nothing([&] {
      decide_ranges();
      rung = method_->next(board_);
      begin(rung);
    });
    tell_decisions();
    result_.guess = task_.guess;
    if (task_.nested && !nest()) return std::move(result_);
    while (!rung.empty() && trainer_->train(rung, method_->later(board_))) {
      rung = method_->next(board_);
      tell_decisions();
    }
    result_.interrupted = !rung.empty();
    result_.trials = trainer_->trials();
    result_.trainings += trainer_->trainings();
    result_.seconds += trainer_->seconds();
    if (!result_.interrupted) choose();
    if (!result_.interrupted && study_) study_->finish(StudyEnd{result_.rule, result_.tied});
    if (study_) result_.test_looks = study_->test_looks();
    return std::move(result_);
  }

 private:
  void open_study() {
    // Before the study is made, so that an error leaves no files.
    if (!Study::exists(options_.study)) {
      Board board;
      const auto method = make_method(options_, task_);
      const std::vector<Request> rung = method->next(board);
      check_disk_space(plan(board, joined(rung, method->later(board))), options_.study);
    }
    const Settings current{{"select.metric", options_.metric}, {"select.rule", options_.rule}};
    study_.emplace(options_.study,
                   StudySettings{fixed_settings(options_, task_), current, options_.over},
                   options_.join     ? StudyUse::join
                   : options_.resume ? StudyUse::resume
                                     : StudyUse::begin);
    board_ = Board(&*study_);
  }

  void decide_ranges() {
    for (const auto& [key, range] : options_.over) {
      if (!range.automatic) continue;
      board_.decide(
          {0, fmt::format("the range of {} is {:g} to {:g}: it follows from the optimiser, "
                          "the learning rate and the number of updates",
                          key, range.min, range.max)});
    }
  }

  // Of the outer folds, too.
  SelectPlan plan(const Board& board, const std::vector<Request>& requests) {
    const SelectPlan plan = plan_of(options_, task_, board, requests, study());
    if (!task_.nested) return plan;
    const int done = study_ ? study_->outer_folds() : 0;
    return with_outer_folds(plan, std::max(0, options_.outer_folds - done), options_.outer_folds);
  }

  void begin(const std::vector<Request>& rung) {
    const std::vector<Request> later = method_->later(board_);
    SelectPlan plan = this->plan(board_, joined(rung, later));
    plan.expected = !method_->plans_all();
    if (!task_.metrics.empty()) plan.metric = task_.metrics.front().name;
    if (study_) check_disk_space(plan, options_.study);
    const bool joins = options_.join && study_ && study_->has_company();
    if (task_.begin && !joins) task_.begin();
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

  /// Measures the whole selection in the outer folds. False if it was interrupted.
  bool nest() {
    NestedResult outer = task_.nested([this](int fold, const OuterFold& measured) {
      if (study_) study_->measured(fold, measured);
    });
    result_.trainings += outer.trainings;
    result_.seconds += outer.seconds;
    result_.interrupted = outer.interrupted;
    if (!outer.interrupted) result_.nested = std::move(outer.nested);
    return !outer.interrupted;
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
    result_.grid = grid_cost(options_, task_, 0);
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
    if (study_) study_->finish(trial, trainer_->rungs() + 1);
    if (known != result_.trials.end()) {
      *known = trial;
    } else {
      result_.trials.push_back(trial);
    }
    return trial;
  }

  void take(const Trial& chosen) {
    result_.chosen = chosen.parameters;
    result_.applied = task_.applied ? task_.applied(chosen.parameters) : chosen.parameters;
    result_.at_edge = edges_of(result_, options_.over, task_.settle);
    // One process at a time, also to read the files of the refit.
    const TrainingId id{.trial = chosen.number};
    if (study_ && !trainer_->claim(id)) {
      result_.interrupted = true;
      return;
    }
    if (study_) study_->choose(chosen.number);
    if (options_.refit) refit(chosen);
    if (study_) study_->release(id);
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
    const auto keep = [&](const Epoch& epoch, double done) {
      if (study_) study_->add({.trial = chosen.number}, epoch, {chosen.epochs, done});
    };
    // If it is already finished, this only reads its files.
    History history = task_.refit(
        {.parameters = chosen.parameters,
         .epochs = chosen.epochs,
         .run = options_.study.empty() ? std::filesystem::path() : options_.study / "refit",
         .callbacks = trainer_->telling(where, keep)});
    result_.interrupted = history.interrupted;
    if (result_.interrupted) return;
    if (!record) {
      record = {.trial = chosen.number,
                .epochs = chosen.epochs,
                .seconds = seconds_of(start, history.epochs),
                .test = task_.test ? task_.test() : std::nullopt};
      if (study_) study_->finish(*record);
      result_.test_looks = record->test ? 1 : 0;
    }
    ++result_.trainings;
    result_.seconds += record->seconds;
    result_.whole_trainings = whole_trainings(board_, task_, chosen.epochs);
    result_.grid = grid_cost(options_, task_, chosen.epochs);
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

Selection run(const SelectOptions& given, const SelectionTask& task) {
  SelectOptions options = given;
  // Methods need ranges with a width.
  for (auto& [key, range] : options.over) {
    if (range.values.empty() && range.min == range.max) range.values = {range.min};
  }
  check_options(options, task);
  return Runner(options, task).run();
}

}  // namespace ridgeline::selection
