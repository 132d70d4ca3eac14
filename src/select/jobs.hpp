#pragma once
// How many trainings of a selection run at a time.

#include <cstddef>
#include <limits>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// What trainings share.
struct JobLimits {
  int threads = 1;
  std::size_t training_bytes = 1;  ///< of memory that one training takes
  std::size_t available_bytes = std::numeric_limits<std::size_t>::max();
};

/// What there is here for trainings like that of `model`.
JobLimits job_limits(Model& model, std::int64_t batch);

/// SelectOptions::jobs, or for 0 so many that each thread has several trainings, one after the
/// other. Never more than there are trainings or threads, or than fit into three quarters of the
/// memory. At least 1.
int jobs_of(const SelectOptions& options, const JobLimits& limits);

}  // namespace ridgeline::selection
