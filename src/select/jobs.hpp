#pragma once
// How many trainings of a selection run at once.

#include <cstddef>
#include <limits>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// What trainings share.
struct JobLimits {
  int threads = 1;
  std::size_t training_bytes = 1;  ///< memory of one training
  std::size_t available_bytes = std::numeric_limits<std::size_t>::max();
};

/// The limits of this machine for trainings of models like `model`.
JobLimits job_limits(Model& model, std::int64_t batch);

/// SelectOptions::jobs or, for 0, as many as leave each job several trainings. Never more than the
/// trainings or threads, or than fit into three quarters of the memory. At least 1.
int jobs_of(const SelectOptions& options, const JobLimits& limits);

/// How many times as fast a training of small batches is on several threads as on one: Amdahl's
/// law with a serial part of 8 %.
double speed_on(int threads);

/// How many of `trainings` run at a time, at most `most`, so that all end as early as possible.
/// They share the threads.
int jobs_at_once(int trainings, int most, int threads);

}  // namespace ridgeline::selection
