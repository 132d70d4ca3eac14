#include "train/fit.hpp"

#include <algorithm>
#include <optional>

#include "data/cache/cached_source.hpp"
#include "data/sampling.hpp"
#include "engine/lookahead.hpp"
#include "interop/folder.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"
#include "train/data_checks.hpp"
#include "train/fingerprint.hpp"
#include "train/history.hpp"
#include "train/measure.hpp"
#include "train/measured.hpp"
#include "train/model_file.hpp"
#include "train/statistics.hpp"
#include "train/unreadable.hpp"

namespace ridgeline::train {
namespace {

constexpr auto report_interval = std::chrono::milliseconds(50);

std::shared_ptr<const data::BalancedSampling> balanced_sampling(const FitOptions& options,
                                                                const Dataset& train) {
  if (options.sampling == "shuffle") return nullptr;
  return std::make_shared<const data::BalancedSampling>(train);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Fit::Fit(ModelCore& core, const Dataset& data, FitOptions options, Follower* follower)
    : core_(core),
      options_(std::move(options)),
      follower_(follower),
      metrics_(measured_in_training({core.network(), core.loss(), data}, options_)),
      monitor_(options_.monitor, metrics_.names()),
      average_(options_),
      train_(data),
      validation_(options_.validation_data),
      full_batch_(core.options.optimizer.full_batch),
      values_(core.layout()) {
  position_.metrics = metrics_.fresh();
  check_options();
  core_.check_reach();
  check_images(core_, train_, "training images");
  if (options_.validation > 0) {
    Split split = stratified_split(data, options_.validation, core_.options.seed);
    train_ = std::move(split.train);
    validation_ = std::move(split.validation);
  }
  full_weight_ = check_labels(core_, train_, "training images");
  const Task& task = task_of({core_.network(), core_.loss(), train_});
  task.check_training("training images", train_.schema(), core_.loss(),
                      core_.layout().network_outputs);
  if (!validation_.empty()) {
    check_labels(core_, validation_, "validation images");
    data::LoaderOptions loader = evaluation_loader(core_, validation_);
    loader.errors = unreadable(options_, validation_.size());
    validation_loader_ = std::make_unique<data::Loader>(validation_, loader);
  }
  const auto images = static_cast<std::int64_t>(train_.size());
  require(options_.batch <= images || full_batch_,
          "train.batch is {} but there are only {} training images", options_.batch, images);
  require(options_.patience == 0 || monitor_.available(!validation_.empty()),
          "train.patience needs validation images to measure {}: set data.validation",
          options_.monitor);
  if (core_.options.class_names.empty()) core_.options.class_names = train_.names();
  if (!core_.options.preprocessing) core_.options.preprocessing = train_.preprocessing();
  if (core_.options.task.empty()) core_.options.task = task.name();
  if (!options_.run.empty()) fingerprint_ = fingerprint(core_, options_, train_, validation_);
  loader_ = std::make_unique<data::Loader>(
      train_, data::LoaderOptions{
                  .batch = loaded(),
                  .shuffle = !full_batch_,
                  .balanced = balanced_sampling(options_, train_),
                  .seed = core_.options.seed,
                  .augment = data::parse_augmentations(options_.augment),
                  .collator = &task.collator(),
                  .errors = unreadable(options_, train_.size()),
                  .threads = reader_threads(core_, train_),
                  .lazy = true,
                  .ahead = static_cast<int>(std::max<std::int64_t>(1, 4 / options_.accumulate))});
  if (options_.statistics) probe_.emplace(core_, train_);
  const OptimizerSetting& optimizer = core_.options.optimizer;
  rule_ = {.optimizer = optimizer.optimizer.get(),
           .clip_norm = optimizer.clip_norm,
           .clip_value = optimizer.clip_value,
           .statistics = options_.statistics,
           .rate_factors = core_.rate_factors};
}

std::int64_t Fit::loaded() const {
  const auto images = static_cast<std::int64_t>(train_.size());
  const std::int64_t batch = std::min(options_.batch, images);
  const std::int64_t batches = (images + batch - 1) / batch;
  return std::min(batch * std::min(options_.accumulate, batches), images);
}

History Fit::run() {
  position_.first_stream = core_.epochs_trained;
  std::optional<interop::FolderLock> lock;
  if (!options_.run.empty()) {
    make_folder(options_.run);
    lock.emplace(options_.run);
  }
  const bool resumed = options_.resume && std::filesystem::exists(file(checkpoint_name));
  if (resumed) {
    load();
  } else {
    engine::begin_slots(core_.state, *rule_.optimizer, core_.options.optimizer.lookahead);
  }
  if (options_.callbacks.on_begin) options_.callbacks.on_begin();
  History& history = position_.history;
  begin_diagnosis();
  if (resumed) {
    write_file(file("history.csv"), history_csv(history));
    write_file(file("diagnosis.csv"), diagnosis_csv_);
    if (steps_) steps_->write();
  }
  if (position_.epoch < options_.epochs) {
    data::prepare_cache(validation_);
    data::prepare_cache(train_);
  }
  while (position_.epoch < options_.epochs) {
    if (out_of_patience()) {
      history.stopped_early = true;
      break;
    }
    try {
      if (!train_epoch() || !end_epoch()) {
        interrupt();
        return history;
      }
    } catch (const DivergedError& error) {
      throw diverged(error.what());
    }
    if (options_.callbacks.on_epoch && !options_.callbacks.on_epoch(history.epochs.back())) {
      history.stopped_early = position_.epoch < options_.epochs;
      break;
    }
  }
  end_diagnosis();
  leave_weights();
  return history;
}

void Fit::load() {
  position_ = load_checkpoint(file(checkpoint_name), core_,
                              {fingerprint_, loader_->batches(), metrics_, follower_});
}

bool Fit::train_epoch() {
  if (full_batch_) {
    const auto& arena = core_.state.weight_arena();
    statistics_.assign(arena.data() + core_.state.arena().trainable, arena.data() + arena.size());
    if (loader_->mixes()) full_weight_ = mixed_weight();
  }
  pending_ = {};
  seconds_before_ = position_.sums.seconds;
  epoch_start_ = Clock::now();
  // If only its end was interrupted, the epoch reports the values of its last step.
  if (position_.step == loader_->batches()) set_rates(position_.step - 1);
  loader_->start(position_.first_stream + position_.epoch, position_.step);
  while (const data::Batch* batch = loader_->next()) {
    if (stop_wanted()) return false;
    train_batch(*batch);
    if (options_.callbacks.on_step) report_progress();
  }
  return true;
}

double Fit::mixed_weight() const {
  double sum = 0;
  loader_->for_mixed_targets(position_.first_stream + position_.epoch,
                             [&](const Targets& targets) { sum += core_.loss().weight(targets); });
  return sum;
}

void Fit::train_batch(const data::Batch& batch) {
  const Loss& loss = core_.loss();
  double weight = full_batch_ ? full_weight_ : loss.weight(batch.targets);
  if (!(weight > 0)) weight = 1;  // nothing has weight, so the sum is 0, too
  set_rates(position_.step);
  const engine::Batch whole = for_engine(batch, position_.first_stream + position_.epoch);
  const bool updates = !full_batch_ || position_.step + 1 == loader_->batches();
  const auto of_update =
      static_cast<double>(full_batch_ ? train_.size() : static_cast<std::size_t>(batch.images));
  for (std::int64_t first = 0; first < batch.images; first += options_.batch) {
    const std::int64_t images = std::min(options_.batch, batch.images - first);
    const engine::Batch part = images == batch.images ? whole : slice(whole, first, images);
    const engine::LossSums sums =
        core_.engine.gradient(core_.state, part, loss,
                              {.weight = weight,
                               .first = pending_.images == 0,
                               .last = updates && first + images == batch.images,
                               .images = of_update},
                              values_.buffers(images));
    check_finite(sums.loss, "data loss");
    check_finite(sums.activity, "activity penalty");
    add(position_.metrics, core_, values_.view(images), part.targets);
    pending_.images += static_cast<double>(images);
    pending_.loss += sums.loss;
    pending_.activity += sums.activity;
    pending_.weight += loss.weight(part.targets);
  }
  if (updates) update();
  ++position_.step;
}

// The learning rate and the penalty of a step of the epoch.
void Fit::set_rates(std::int64_t step) {
  const double done = full_batch_ ? 0 : static_cast<double>(step);
  const double epoch =
      static_cast<double>(position_.epoch) + done / static_cast<double>(loader_->batches());
  rule_.learning_rate = core_.options.optimizer.learning_rate.at(epoch, options_.epochs);
  const double first = core_.options.optimizer.learning_rate.value;
  rule_.rate_share = first > 0 ? rule_.learning_rate / first : 1;
  freeze();
  const bool renewed = rule_.penalties.empty() || penalties_set_ != core_.penalties_set;
  if (!renewed && core_.options.regularize.is_constant()) return;
  Regularize now = core_.options.regularize.at(epoch, options_.epochs, rule_.rate_share);
  if (renewed) core_.keep_reference();
  if (renewed || now != core_.in_force) {
    rule_.penalties = core_.penalties(now);
    rule_.terms = core_.terms.of(rule_.penalties);
    core_.in_force = std::move(now);
    penalties_set_ = core_.penalties_set;
  }
}

// Sets the frozen parameters of this epoch. Parameters get or lose their penalty; the reference of
// l2_sp does not change.
void Fit::freeze() {
  const bool thawed = options_.unfreeze_at > 0 && position_.epoch + 1 >= options_.unfreeze_at;
  const auto& parameters = core_.layout().parameters;
  auto frozen = thawed ? std::vector<bool>(parameters.size(), false)
                       : frozen_ones(core_.options.frozen, parameters);
  if (frozen == core_.state.frozen) return;
  core_.state.frozen = std::move(frozen);
  if (rule_.penalties.empty()) return;
  rule_.penalties = core_.penalties(core_.in_force);
  rule_.terms = core_.terms.of(rule_.penalties);
}

void Fit::update() {
  const Lookahead& lookahead = core_.options.optimizer.lookahead;
  if (follower_) follower_->before_update(rule_);
  const engine::UpdateReport report = core_.engine.update(core_.state, rule_);
  engine::apply_lookahead(core_.state, lookahead);
  check_finite(report.gradient_norm, "gradient");
  check_finite(report.penalty, "penalty");
  average_.after_update(core_.state, position_.average);
  position_.sums = sums_with_pending(report);
  keep_statistics(report);
  pending_ = {};
  if (follower_) follower_->after_update();
}

EpochSums Fit::sums_with_pending(const engine::UpdateReport& report) const {
  EpochSums sums = position_.sums;
  const double weight = pending_.weight > 0 ? pending_.weight : 1;
  sums.images += pending_.images;
  sums.data_loss += pending_.loss / weight * pending_.images;
  sums.penalty += report.penalty * pending_.images + pending_.activity;
  sums.decay_shrink += report.decay_shrink * pending_.images;
  sums.seconds = seconds_before_ + seconds_since(epoch_start_);
  return sums;
}

Metrics Fit::training_metrics(const EpochSums& sums, bool quick_only) const {
  Metrics metrics = sums.means();
  metrics.values = position_.metrics.values(quick_only);
  for (MetricValue& value : metrics.values) value.standard_error = 0;
  return metrics;
}

bool Fit::end_epoch() {
  check_weights();
  Averaged average = position_.average;
  if (average_.after_epoch(core_.state, position_.epoch + 1, average)) {
    const AveragedWeights weights(core_.state, average);
    const Pass pass{position_.first_stream + position_.epoch, options_.batch,
                    [&] { return stop_wanted(); }};
    if (!measure_statistics(core_, *loader_, pass)) return false;
  }
  position_.average = std::move(average);
  Epoch epoch{.epoch = static_cast<int>(++position_.epoch),
              .images_per_second = position_.sums.images_per_second(),
              .learning_rate = rule_.learning_rate,
              .l2 = core_.in_force.l2.value,
              .decay_shrink = position_.sums.mean_decay_shrink(),
              .train = training_metrics(position_.sums, false)};
  std::optional<AveragedWeights> weights(std::in_place, core_.state, position_.average);
  if (validation_loader_) {
    epoch.validation = measure(core_, *validation_loader_, metrics_.fresh(), false);
    check_validation(epoch);
  }
  if (probe_) epoch.statistics = means(std::exchange(position_.statistics, {}));
  if (probe_ && probe_->due(epoch.epoch)) epoch.statistics.activations = probe_->look();
  epoch.seconds = seconds_before_ + seconds_since(epoch_start_);
  position_.step = 0;
  position_.sums = {};
  position_.metrics.clear();
  core_.epochs_trained = position_.first_stream + position_.epoch;
  position_.history.epochs.push_back(epoch);
  keep_best(epoch);
  weights.reset();
  if (options_.run.empty()) return true;
  // The checkpoint last: a run that ends before it continues from the previous checkpoint and
  // writes the other files again.
  write_file(file("history.csv"), history_csv(position_.history));
  add_diagnosis(epoch);
  write_file(file("diagnosis.csv"), diagnosis_csv_);
  if (steps_) steps_->write();
  save_checkpoint(file(checkpoint_name), core_, position_, fingerprint_, follower_);
  return true;
}

void Fit::keep_best(const Epoch& epoch) {
  History& history = position_.history;
  const bool monitored = monitor_.available(epoch.validation.has_value());
  if (monitored && history.best_epoch > 0 && !monitor_.better(epoch, history.best())) return;
  history.best_epoch = epoch.epoch;
  if (monitored) {
    const auto& arena = core_.state.weight_arena();
    position_.best.assign(arena.data(), arena.data() + arena.size());
    position_.best_in_force = core_.in_force;
  }
  if (!options_.run.empty()) save_model(core_, file("model.safetensors"));
}

void Fit::leave_weights() {
  const History& history = position_.history;
  const bool best =
      options_.restore_best && history.best_epoch != static_cast<int>(history.epochs.size());
  const std::vector<float>& weights = best ? position_.best : position_.average.weights;
  if (weights.empty()) return;  // keep the last weights
  std::ranges::copy(weights, core_.state.weight_arena().data());
  core_.state.touch();
  if (best) core_.in_force = position_.best_in_force;
}

bool Fit::stop_wanted() const {
  return stop_asked_ || (options_.stop && options_.stop->load(std::memory_order_relaxed));
}

bool Fit::out_of_patience() const {
  const History& history = position_.history;
  return options_.patience > 0 &&
         static_cast<int>(history.epochs.size()) - history.best_epoch >= options_.patience;
}

void Fit::interrupt() {
  position_.history.interrupted = true;
  if (full_batch_ && position_.step < loader_->batches()) {
    // Part of a gradient is useless, but it has already changed the statistics.
    std::ranges::copy(statistics_,
                      core_.state.weight_arena().data() + core_.state.arena().trainable);
    core_.state.touch();
    position_.metrics.clear();
    position_.step = 0;
  }
  if (options_.run.empty()) return;
  if (steps_) steps_->write();
  save_checkpoint(file(checkpoint_name), core_, position_, fingerprint_, follower_);
}

void Fit::report_progress() {
  const auto now = Clock::now();
  if (now - last_report_ < report_interval) return;
  last_report_ = now;
  const EpochSums sums = sums_with_pending({});
  stop_asked_ = !options_.callbacks.on_step({.epoch = static_cast<int>(position_.epoch) + 1,
                                             .epochs = options_.epochs,
                                             .step = position_.step,
                                             .steps = loader_->batches(),
                                             .images_per_second = sums.images_per_second(),
                                             .train = training_metrics(sums, true)});
}

}  // namespace ridgeline::train
