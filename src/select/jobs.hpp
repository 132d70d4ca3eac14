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

}  // namespace ridgeline::selection
