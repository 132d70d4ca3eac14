// Sums over the values of a layer after its forward step, for diagnosis.

#include <algorithm>
#include <cmath>

#include "engine/builder.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {

void PlanBuilder::observe(int node) {
  const NodeContext c = context(node);
  const Tensor values = plain(value(node), c.name);
  Observed observed{.channels = c.output[0], .positions = c.output.elements() / c.output[0]};
  observed.offset = exchange(2 + static_cast<std::size_t>(observed.channels));
  plan_.observed.push_back(observed);
  run_kernel(c.name + " observed", {values},
             [observed](std::span<void* const> operands, const ShardRun& run) {
               double* sums = run.exchange +
                              static_cast<std::size_t>(run.shard) * run.exchange_stride +
                              observed.offset;
               std::fill_n(sums, 2 + observed.channels, 0.0);
               const float* values = in(operands[0]);
               for (std::int64_t i = 0; i < run.images * observed.channels; ++i) {
                 float square = 0, absolute = 0, largest = 0;
                 for (std::int64_t p = 0; p < observed.positions; ++p) {
                   const float size = std::abs(*values++);
                   square += size * size;
                   absolute += size;
                   largest = std::max(largest, size);
                 }
                 sums[0] += square;
                 sums[1] += absolute;
                 double& of_channel = sums[2 + i % observed.channels];
                 of_channel = std::max(of_channel, static_cast<double>(largest));
               }
             });
}

}  // namespace ridgeline::engine
