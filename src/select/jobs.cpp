#include "select/jobs.hpp"

#include <algorithm>

#include "tensor/memory.hpp"

namespace ridgeline::selection {

JobLimits job_limits(Model& model, std::int64_t batch) {
  return {model.options().threads, model.training_memory(batch), available_memory()};
}

int jobs_of(const SelectOptions& options, const JobLimits& limits) {
  const std::int64_t trainings = std::int64_t{options.trials} * options.folds;
  const std::size_t in_memory = limits.available_bytes / 4 * 3 / limits.training_bytes;
  const std::int64_t most = std::min({trainings, std::int64_t{limits.threads},
                                      static_cast<std::int64_t>(std::min<std::size_t>(
                                          in_memory, std::numeric_limits<int>::max()))});
  const std::int64_t wished =
      options.jobs > 0 ? options.jobs : std::clamp<std::int64_t>(trainings / 4, 1, limits.threads);
  return static_cast<int>(std::max<std::int64_t>(std::min(wished, most), 1));
}

double speed_on(int threads) {
  constexpr double serial = 0.08;
  return 1 / (serial + (1 - serial) / threads);
}

int jobs_at_once(int trainings, int most, int threads) {
  int best = 1;
  double shortest = std::numeric_limits<double>::infinity();
  for (int jobs = std::max(1, std::min(most, trainings)); jobs >= 1; --jobs) {
    const int rounds = (trainings + jobs - 1) / jobs;
    const int share = std::max(1, threads / jobs);
    const double time = rounds / speed_on(share);
    if (time >= shortest) continue;
    shortest = time;
    best = jobs;
  }
  return best;
}

}  // namespace ridgeline::selection
