#pragma once
// The training loop.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "diagnose/record.hpp"
#include "ridgeline/error.hpp"
#include "train/average.hpp"
#include "train/checkpoint.hpp"
#include "train/core.hpp"
#include "train/follower.hpp"
#include "train/monitor.hpp"
#include "train/output_values.hpp"
#include "train/probe.hpp"
#include "train/step_log.hpp"

namespace ridgeline::train {

/// One call of Model::fit. `core` and `follower`, which may be null, must outlive it.
class Fit {
 public:
  /// Throws UsageError or DataError for options and data that do not fit. A follower needs an
  /// update for each batch.
  Fit(ModelCore& core, const Dataset& data, FitOptions options, Follower* follower = nullptr);
  History run();

 private:
  using Clock = std::chrono::steady_clock;

  /// Sums over the images whose gradients were added since the last update.
  struct Pending {
    double images = 0, loss = 0, activity = 0, weight = 0;
  };

  void check_options() const;
  std::filesystem::path file(const char* name) const { return options_.run / name; }
  /// Continues from the checkpoint.
  void load();
  /// Returns whether the epoch was finished.
  bool train_epoch();
  /// How many images the loader gives at a time: those of an update or, with GD, of a micro-batch.
  std::int64_t loaded() const;
  /// Loss::weight of all training images of the next epoch, if their targets are mixed.
  double mixed_weight() const;
  void train_batch(const data::Batch& batch);
  void set_rates(std::int64_t step);
  void freeze();
  void update();
  /// Returns false if it was stopped.
  bool end_epoch();
  void keep_best(const Epoch& epoch);
  /// Sets the model's weights at the end: those of the best epoch, or the average.
  void leave_weights();
  void begin_diagnosis();
  void add_diagnosis(const Epoch& epoch);
  void end_diagnosis();
  void keep_statistics(const engine::UpdateReport& report);
  /// The number of updates in all epochs so far.
  std::int64_t updates() const;
  /// Whether to stop before the next step.
  bool stop_wanted() const;
  bool out_of_patience() const;
  void interrupt();
  void report_progress();
  /// The metrics of the current epoch's training images.
  Metrics training_metrics(const EpochSums& sums, bool quick_only) const;
  EpochSums sums_with_pending(const engine::UpdateReport& report) const;
  void check_finite(double value, const char* what) const;
  void check_weights() const;
  void check_validation(const Epoch& epoch) const;
  /// Advice against another divergence.
  std::string remedy() const;
  std::optional<diagnose::Overshoot> overshoot() const;
  /// Makes the error with its verdicts, and writes the files for a diagnosis.
  DivergedError diverged(const std::string& sentence);

  ModelCore& core_;
  const FitOptions options_;
  Follower* const follower_;
  const metrics::MetricSet metrics_;  // the metrics to measure, without images
  const Monitor monitor_;
  const Average average_;
  Dataset train_, validation_;
  bool full_batch_;
  double full_weight_ = 0;  // Loss::weight of all training images
  Attributes fingerprint_;
  std::unique_ptr<data::Loader> loader_, validation_loader_;

  std::optional<Probe> probe_;  // if there are statistics
  std::string diagnosis_csv_;   // of all epochs so far
  std::optional<StepLog> steps_;

  Position position_;
  Pending pending_;
  engine::UpdateRule rule_;
  std::int64_t penalties_set_ = 0;  // ModelCore's when the rule was made
  OutputValues values_;             // of at most `batch` images
  std::vector<float> statistics_;   // with GD: those at the start of the epoch
  bool stop_asked_ = false;         // by on_step
  Clock::time_point epoch_start_, last_report_;
  double seconds_before_ = 0;  // of the current epoch, before an interruption
};

}  // namespace ridgeline::train
