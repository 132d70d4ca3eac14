#include <fmt/format.h>

#include "ridgeline/error.hpp"
#include "ridgeline/optimizers.hpp"

namespace ridgeline {

void Lookahead::check() const {
  if (interval < 0) {
    throw UsageError(fmt::format("optimizer.lookahead must be at least 0, not {}", interval));
  }
  if (!(alpha > 0 && alpha <= 1)) {
    throw UsageError(
        fmt::format("optimizer.lookahead_alpha must be above 0 and at most 1, not {}", alpha));
  }
}

OptimizerSetting lookahead(OptimizerSetting setting, const Lookahead& slow) {
  if (slow.interval == 0) throw UsageError("optimizer.lookahead must be at least 1, not 0");
  slow.check();
  setting.lookahead = slow;
  return setting;
}

}  // namespace ridgeline
