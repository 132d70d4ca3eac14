#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

#include "ridgeline/error.hpp"
#include "select/edge.hpp"
#include "select/plan.hpp"
#include "select/queue.hpp"
#include "select/rules.hpp"
#include "select/samplers/sampler.hpp"
#include "select/score.hpp"
#include "select/study.hpp"
#include "select/task.hpp"
#include "tensor/threads.hpp"
#include "train/disk.hpp"
#include "train/monitor.hpp"

namespace ridgeline::selection {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int most_trials = 100'000;

/// Seconds since `start`, or those of the epochs if some of them were trained before it.
double seconds_of(Clock::time_point start, const std::vector<Epoch>& epochs) {
  double sum = 0;
  for (const Epoch& epoch : epochs) sum += epoch.seconds;
  return std::max(std::chrono::duration<double>(Clock::now() - start).count(), sum);
}

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
  make_sampler(o.method);
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

class Runner {
 public:
  Runner(const SelectOptions& options, const SelectionTask& task) : options_(options), task_(task) {
    result_.rule = applied_rule(options_.rule, options_.over);
    candidates_ = make_sampler(options_.method)(
        {options_.over, options_.trials, options_.seed, task_.settle});
    if (!options_.study.empty()) {
      // Before the study is made, so that an error leaves no files.
      if (!Study::exists(options_.study)) {
        check_disk_space(plan_of(options_, task_, candidates_, nullptr), options_.study);
      }
      open_study();
    }
    queue_ = TrainingQueue(candidates_.size(), options_.folds);
  }

  void open_study() {
    study_.emplace(options_.study, settings_of(options_, task_), options_.resume);
    whole_or_nothing([&] {
      study_->note({{"select.metric", options_.metric}, {"select.rule", options_.rule}});
      candidates_ = study_->candidates(candidates_);
    });
  }

  Selection run() {
    begin();
    result_.guess = task_.guess;
    train_all();
    for (int trial = 1; trial <= static_cast<int>(candidates_.size()); ++trial) {
      if (queue_.begun(trial) && !queue_.complete(trial)) end(trial);  // stopped
    }
    std::ranges::sort(result_.trials, {}, &Trial::number);
    if (!result_.interrupted) choose();
    return std::move(result_);
  }

 private:
  using Item = TrainingQueue::Item;

  void begin() {
    SelectPlan plan = plan_of(options_, task_, candidates_, study_ ? &*study_ : nullptr);
    if (!task_.metrics.empty()) plan.metric = task_.metrics.front().name;
    whole_or_nothing([&] {
      if (study_) check_disk_space(plan, options_.study);
      if (task_.begin) task_.begin();
    });
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

  std::filesystem::path folder(const std::string& name) const {
    return options_.study.empty() ? std::filesystem::path() : options_.study / name;
  }
  std::filesystem::path run_of(const Item& item) const {
    return folder(fmt::format("trials/{}/fold-{}", item.trial, item.fold));
  }
  bool stop_asked() const {
    return stopping_ || (task_.stop && task_.stop->load(std::memory_order_relaxed));
  }

  // From here on whatever is shared is used under the lock.

  void tell(SelectProgress progress) {
    if (!options_.on_progress) return;
    progress.trials = static_cast<int>(candidates_.size());
    progress.folds = options_.folds;
    double done = queue_.finished();
    for (const auto& [item, running] : running_) {
      done += running.share;
      progress.images_per_second += running.images_per_second;
    }
    progress.done = done / (progress.trials * options_.folds + 1);
    options_.on_progress(progress);
  }

  /// Callbacks that tell of steps and epochs; `keep` is called with each epoch before.
  Callbacks telling(const SelectProgress& where, std::function<void(const Epoch&)> keep) {
    return {
        .on_step =
            [this, where](const Progress& step) {
              const std::scoped_lock lock(mutex_);
              const double epochs =
                  step.epoch - 1 + static_cast<double>(step.step) / static_cast<double>(step.steps);
              running_[{where.trial, where.fold}] = {epochs / step.epochs, step.images_per_second};
              SelectProgress progress = where;
              progress.step = &step;
              tell(progress);
              return !stopping_;
            },
        .on_epoch =
            [this, where, keep = std::move(keep)](const Epoch& epoch) {
              const std::scoped_lock lock(mutex_);
              keep(epoch);
              SelectProgress progress = where;
              progress.epoch = &epoch;
              tell(progress);
              return true;
            }};
  }

  /// Runs so many trainings at a time, each on its own thread; one of them is the caller's.
  void train_all() {
    std::exception_ptr failure;
    const auto work = [&] {
      try {
        train_next();
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!failure) failure = std::current_exception();
        stopping_ = true;
      }
    };
    std::vector<std::thread> others =
        start_threads(std::max(options_.jobs, 1) - 1, {.purpose = "train",
                                                       .key = "select.jobs",
                                                       .work = [&](int) { work(); },
                                                       .release = [this] { stopping_ = true; }});
    work();
    for (std::thread& thread : others) thread.join();
    if (failure) std::rethrow_exception(failure);
  }

  void train_next() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const auto item = queue_.next();
      if (!item) return;
      auto record = study_ ? study_->fold(item->trial, item->fold) : std::nullopt;
      if (!record) {
        if (trained_.insert(item->trial).second && study_) study_->begin(item->trial);
        record = train_fold(*item, lock);
        running_.erase({item->trial, item->fold});
      }
      if (!record) {
        result_.interrupted = stopping_ = true;
        return;
      }
      // The study has all results of the fold, so it never continues.
      if (study_) train::remove_checkpoint(run_of(*item));
      if (record->status == "done") score(item->trial, item->fold, *record);
      result_.seconds += record->seconds / std::max(options_.jobs, 1);
      ++result_.trainings;
      const bool was_complete = queue_.complete(item->trial);
      queue_.add(*item, std::move(*record));
      if (!was_complete && queue_.complete(item->trial)) end(item->trial);
    }
  }

  void end(int number) {
    const Assignment& parameters = candidates_[static_cast<std::size_t>(number) - 1];
    const Trial trial = summary(number, parameters, queue_.folds(number));
    result_.trials.push_back(trial);
    if (study_) study_->finish(trial);
    tell({.trial = number,
          .parameters = parameters,
          .ended = &trial,
          .known = !trained_.contains(number)});
  }

  /// For a fold that was trained with another metric.
  void check_measured(const FoldRecord& record) const {
    const std::string_view name = name_of(options_.metric);
    if (train::is_loss(name) || record.last.validation->find(name)) return;
    throw UsageError(
        fmt::format("select.metric = {} was not measured when this study was trained: "
                    "choose by val_data_loss, or begin another study",
                    options_.metric));
  }

  /// By the current metric, which may differ from that of the fold's training.
  void score(int number, int fold, FoldRecord& record) {
    check_measured(record);
    record.score = score_of(options_.metric, record.last);
    record.standard_error = image_error_of(options_.metric, record.last);
    if (study_) study_->score(number, fold, record);
  }

  /// The fold without its score; absent after an interruption. Trains without the lock.
  std::optional<FoldRecord> train_fold(const Item& item, std::unique_lock<std::mutex>& lock) {
    if (stop_asked()) return std::nullopt;
    const auto [number, fold] = item;
    const Assignment& parameters = candidates_[static_cast<std::size_t>(number) - 1];
    const auto start = Clock::now();
    const SelectProgress where{.trial = number, .fold = fold, .parameters = parameters};
    tell(where);
    Epoch last = study_ ? study_->last_epoch(number, fold) : Epoch{};
    lock.unlock();
    FoldResult result = task_.train({.trial = number,
                                     .fold = fold,
                                     .parameters = parameters,
                                     .run = run_of(item),
                                     .callbacks = telling(where, [&](const Epoch& epoch) {
                                       last = epoch;
                                       if (study_) study_->add(number, fold, epoch);
                                     })});
    lock.lock();
    if (result.interrupted) return std::nullopt;
    if (!result.epochs.empty()) last = result.epochs.back();
    const bool diverged =
        result.diverged || !last.validation || !std::isfinite(last.validation->data_loss);
    if (!diverged && !std::isfinite(score_of(options_.metric, last))) {
      throw UsageError(
          fmt::format("select.metric = {} is not defined on the validation images of "
                      "fold {}: choose by val_data_loss, or by fewer select.folds",
                      options_.metric, fold));
    }
    const FoldRecord record{.status = diverged ? "diverged" : "done",
                            .epochs = last.epoch,
                            .seconds = seconds_of(start, result.epochs),
                            .last = last};
    if (study_) study_->finish(number, fold, record, result.epochs);
    return record;
  }

  Trial summary(int number, const Assignment& parameters,
                const std::vector<FoldRecord>& folds) const {
    Trial trial{.number = number,
                .parameters = parameters,
                .score = std::numeric_limits<double>::quiet_NaN(),
                .standard_error = std::numeric_limits<double>::quiet_NaN(),
                .status = "stopped"};
    std::vector<double> scores;
    std::vector<int> epochs;
    std::vector<Metrics> train, validation;
    for (const FoldRecord& f : folds) {
      scores.push_back(f.score);
      epochs.push_back(f.epochs);
      train.push_back(f.last.train);
      if (f.last.validation) validation.push_back(*f.last.validation);
    }
    trial.epochs = median(epochs);
    if (!folds.empty() && folds.back().status == "diverged") {
      trial.status = "diverged";
    } else if (static_cast<int>(folds.size()) == options_.folds) {
      trial.status = "done";
      trial.train = mean_of(train);
      trial.validation = mean_of(validation);
      const MeanAndError score = mean_and_error(scores);
      trial.score = score.mean;
      trial.standard_error = folds.size() == 1 ? folds[0].standard_error : score.standard_error;
    }
    return trial;
  }

  bool learnable() const {
    return !task_.guess || std::ranges::any_of(result_.trials, [&](const Trial& trial) {
      return trial.status == "done" && better_than_guess(trial, *task_.guess);
    });
  }

  void choose() {
    const Choice choice = selection::choose(result_.trials, options_.metric, result_.rule);
    if (choice.chosen == nullptr || !learnable()) return;
    result_.tied = choice.tied;
    result_.chosen = choice.chosen->parameters;
    result_.at_edge = edges_of(result_, options_.over, task_.settle);
    if (study_) study_->choose(choice.chosen->number);
    if (options_.refit) refit(*choice.chosen);
  }

  void refit(const Trial& chosen) {
    auto record = study_ ? study_->refit(chosen.number) : std::nullopt;
    if (!record && stop_asked()) {
      result_.interrupted = true;
      return;
    }
    const auto start = Clock::now();
    const SelectProgress where{.parameters = chosen.parameters};
    if (!record) tell(where);
    // If it is already finished, this only reads its files.
    History history = task_.refit({.parameters = chosen.parameters,
                                   .epochs = chosen.epochs,
                                   .run = folder("refit"),
                                   .callbacks = telling(where, [](const Epoch&) {})});
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

  struct Running {
    double share = 0;  // the done share of its epochs
    double images_per_second = 0;
  };

  const SelectOptions& options_;
  const SelectionTask& task_;
  std::vector<Assignment> candidates_;
  std::mutex mutex_;  // guards all members below while several jobs train
  std::optional<Study> study_;
  TrainingQueue queue_{0, 1};
  std::set<int> trained_;                           // trials that this call has trained
  std::map<std::pair<int, int>, Running> running_;  // by trial and fold
  std::atomic<bool> stopping_ = false;
  Selection result_;
};

}  // namespace

Selection run(const SelectOptions& options, const SelectionTask& task) {
  check_options(options, task);
  return Runner(options, task).run();
}

}  // namespace ridgeline::selection
