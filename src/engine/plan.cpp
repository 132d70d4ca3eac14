#include "engine/plan.hpp"

#include <fmt/format.h>

namespace ridgeline::engine {

std::string Plan::text() const {
  std::string text = fmt::format("{:<44}{:<28}{:>10}\n", "step", "implementation", "MFLOP");
  for (const Step& step : steps) {
    text +=
        fmt::format("{:<44}{:<28}{:>10.2f}{}\n", step.name, step.implementation,
                    static_cast<double>(step.flops) * 1e-6, step.barrier_after ? "  barrier" : "");
  }
  text += fmt::format("{} images, activations {} KiB ({} KiB side by side), scratch {} KiB\n",
                      images, arena_bytes >> 10, unplanned_bytes >> 10, scratch_bytes >> 10);
  return text;
}

}  // namespace ridgeline::engine
