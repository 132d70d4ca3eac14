#include "select/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <thread>

#include "ridgeline/error.hpp"
#include "select/jobs.hpp"
#include "select/score.hpp"
#include "select/summary.hpp"
#include "tensor/threads.hpp"
#include "train/disk.hpp"
#include "train/monitor.hpp"

namespace ridgeline::selection {

using Clock = std::chrono::steady_clock;

double seconds_of(Clock::time_point start, const std::vector<Epoch>& epochs) {
  double sum = 0;
  for (const Epoch& epoch : epochs) sum += epoch.seconds;
  return std::max(std::chrono::duration<double>(Clock::now() - start).count(), sum);
}

std::filesystem::path Trainer::run_of(const TrainingId& id) const {
  if (options_.study.empty()) return {};
  const std::string part = id.share == 1 ? "" : fmt::format("-share-{:g}", id.share);
  return options_.study / fmt::format("trials/{}/fold-{}{}", id.trial, id.fold, part);
}

bool Trainer::stop_asked() const {
  return stopping_ || (task_.stop && task_.stop->load(std::memory_order_relaxed));
}

void Trainer::tell(SelectProgress progress) {
  if (!options_.on_progress) return;
  progress.trials = board_.trials();
  progress.folds = options_.folds;
  for (const auto& [item, running] : running_) {
    progress.images_per_second += running.images_per_second;
  }
  progress.done = done();
  options_.on_progress(progress);
}

double Trainer::done() const {
  double done = finished_ + queue_.finished();
  for (const auto& [item, running] : running_) done += running.share;
  return done / (finished_ + queue_.total() + later_ + 1);
}

Callbacks Trainer::telling(const SelectProgress& where,
                           std::function<void(const Epoch&, double)> keep) {
  return {.on_step =
              [this, where](const Progress& step) {
                const std::scoped_lock lock(mutex_);
                const double epochs =
                    step.epoch - 1 +
                    static_cast<double>(step.step) / static_cast<double>(step.steps);
                running_[{where.trial, where.fold}] = {where.share * epochs / step.epochs,
                                                       step.images_per_second};
                SelectProgress progress = where;
                progress.step = &step;
                tell(progress);
                return !stop_asked();
              },
          .on_epoch =
              [this, where, keep = std::move(keep)](const Epoch& epoch) {
                const std::scoped_lock lock(mutex_);
                keep(epoch, done());
                SelectProgress progress = where;
                progress.epoch = &epoch;
                tell(progress);
                return true;
              }};
}

bool Trainer::train(const std::vector<Request>& rung, const std::vector<Request>& later) {
  for (const Request& request : rung) board_.ask(request);
  finished_ += queue_.total();
  queue_ = TrainingQueue(board_, rung);
  later_ = TrainingQueue(board_, later).total();
  ended_.clear();
  ++rungs_;
  // Each training has a thread of its own. One of them is the caller's.
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
  jobs_ = jobs_at_once(static_cast<int>(rung.size()), options_.jobs, task_.threads);
  std::vector<std::thread> others =
      start_threads(jobs_ - 1, {.purpose = "train",
                                .key = "select.jobs",
                                .work = [&](int) { work(); },
                                .release = [this] { stopping_ = true; }});
  work();
  for (std::thread& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
  board_.settle(rung);
  for (const Request& request : rung) {
    const int trial = request.id.trial;
    if (queue_.begun(trial) && !ended_.contains(trial)) end(trial);
  }
  return !interrupted_;
}

void Trainer::train_next() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto request = queue_.next();
    if (!request) return;
    const TrainingId& id = request->id;
    auto record = known(*request);
    if (!record && study_ && !study_->claim(id, rungs_)) {
      queue_.put_off(*request);
      if (queue_.only_put_off()) wait(id, lock);
      continue;
    }
    // Another process may have finished it before the claim.
    if (!record) {
      record = known(*request);
      if (record) study_->release(id);
    }
    if (!record) {
      trained_.insert(id.trial);
      record = train_one(*request, lock);
      running_.erase({id.trial, id.fold});
    }
    if (!record) {
      if (study_) study_->release(id);
      interrupted_ = true;
      stopping_ = true;
      return;
    }
    add(*request, std::move(*record));
  }
}

std::optional<FoldRecord> Trainer::known(const Request& request) {
  return study_ ? study_->fold(request) : std::nullopt;
}

void Trainer::add(const Request& request, FoldRecord record) {
  const TrainingId& id = request.id;
  // The study has all results of a finished training, so it never continues.
  if (study_ && record.status != "paused") train::remove_checkpoint(run_of(id));
  if (record.status != "diverged") score(request, record);
  seconds_ += record.seconds / jobs_;
  counted_.insert(id);
  const bool was_complete = board_.complete(id.trial);
  board_.add(request, std::move(record));
  if (!was_complete && board_.complete(id.trial)) end(id.trial);
}

bool Trainer::claim(const TrainingId& id) {
  std::unique_lock lock(mutex_);
  while (!study_->claim(id, rungs_)) {
    if (stop_asked()) return false;
    wait(id, lock);
  }
  return true;
}

// Waits without the lock, for a short time.
void Trainer::wait(const TrainingId& id, std::unique_lock<std::mutex>& lock) {
  if (stop_asked()) {
    interrupted_ = true;
    stopping_ = true;
    return;
  }
  constexpr auto pause = std::chrono::milliseconds(100);
  if (running_.empty() && waiting_ != id) {
    waiting_ = id;
    tell({.trial = id.fold > 0 ? id.trial : 0,
          .fold = id.fold,
          .share = id.share,
          .parameters = board_.parameters(id.trial),
          .waiting = true});
  }
  lock.unlock();
  std::this_thread::sleep_for(pause);
  lock.lock();
}

void Trainer::end(int number) {
  ended_.insert(number);
  const Trial trial = summary(board_, number, board_.complete(number));
  if (study_) study_->finish(trial, rungs_);
  tell({.trial = number,
        .parameters = trial.parameters,
        .ended = &trial,
        .known = !trained_.contains(number)});
}

std::vector<Trial> Trainer::trials() const {
  std::vector<Trial> trials;
  for (int number = 1; number <= board_.trials(); ++number) {
    const bool begun =
        !board_.folds(number).empty() || board_.diverged(number) || queue_.begun(number);
    if (begun) trials.push_back(summary(board_, number, board_.complete(number)));
  }
  return trials;
}

// A training of an earlier call may have measured other metrics.
void Trainer::check_measured(const FoldRecord& record) const {
  const std::string_view name = name_of(options_.metric);
  if (train::is_loss(name) || record.last.validation->find(name)) return;
  throw UsageError(
      fmt::format("select.metric = {} was not measured when this study was trained: "
                  "choose by val_data_loss, or begin another study",
                  options_.metric));
}

// By the current metric, which may differ from that of the training.
void Trainer::score(const Request& request, FoldRecord& record) {
  check_measured(record);
  record.score = score_of(options_.metric, record.last);
  record.standard_error = image_error_of(options_.metric, record.last);
  if (study_) study_->score(request.id, record);
}

// The record without its score; absent after an interruption. Trains without the lock.
std::optional<FoldRecord> Trainer::train_one(const Request& request,
                                             std::unique_lock<std::mutex>& lock) {
  if (stop_asked()) return std::nullopt;
  const TrainingId& id = request.id;
  const Assignment& parameters = board_.parameters(id.trial);
  const auto start = Clock::now();
  const SelectProgress where{
      .trial = id.trial, .fold = id.fold, .share = id.share, .parameters = parameters};
  tell(where);
  Epoch last = study_ ? study_->last_epoch(id) : Epoch{};
  const int all = task_.cost ? task_.cost(parameters).epochs : 0;
  const int epochs = request.until > 0 ? request.until : all;
  lock.unlock();
  FoldResult result = task_.train({.request = request,
                                   .threads = std::max(1, task_.threads / jobs_),
                                   .parameters = parameters,
                                   .run = run_of(id),
                                   .callbacks = telling(where,
                                                        [&](const Epoch& epoch, double done) {
                                                          last = epoch;
                                                          if (study_)
                                                            study_->add(id, epoch, {epochs, done});
                                                        }),
                                   .from_run = run_of({request.from, id.fold, id.share})});
  lock.lock();
  if (result.interrupted) return std::nullopt;
  if (!result.epochs.empty()) last = result.epochs.back();
  const bool diverged =
      result.diverged || !last.validation || !std::isfinite(last.validation->data_loss);
  if (!diverged && !std::isfinite(score_of(options_.metric, last))) {
    throw UsageError(
        fmt::format("select.metric = {} is not defined on the validation images of "
                    "fold {}: choose by val_data_loss, or by fewer select.folds",
                    options_.metric, id.fold));
  }
  const FoldRecord record{.status = diverged        ? "diverged"
                                    : result.paused ? "paused"
                                                    : "done",
                          .epochs = last.epoch,
                          .seconds = seconds_of(start, result.epochs),
                          .last = last,
                          .values = result.values};
  if (study_) study_->finish(id, record, result.epochs);
  return record;
}

}  // namespace ridgeline::selection
