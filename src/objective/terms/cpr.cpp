// Constrained parameter regularisation (Franke et al., arXiv 2311.09058): r = mean of w^2 must stay
// below a bound. After the optimiser's step, once there is a bound,
//   m <- max(0, m + strength (r - bound));  w <- (1 - 2 m) w
// The bound is r at a given update, or when the growth of |w| begins to slow down: |w| is smoothed
// and checked every 200 updates. The bound is set when |w| has grown by a smaller share than in the
// interval before, but still by more than 1 %. All this is as in the authors' program (pytorch-cpr
// 0.3.1, the path over several tensors) at its defaults.

#include <algorithm>
#include <cmath>

#include "engine/kernels/shared_runs.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

constexpr std::int64_t interval = 200;  // updates
constexpr double smoothing = 0.99;
constexpr double least_growth = 0.01;

// The memory of the term, in order.
enum : std::size_t {
  multiplier,
  bound,
  has_bound,
  updates,  // without a bound
  smoothed,
  smoothed_before,
  growth,
  memory_size
};

class Cpr final : public engine::MatrixTerm {
 public:
  explicit Cpr(std::int64_t warmup) : warmup_(warmup) {}
  std::string_view name() const override { return "cpr"; }
  std::size_t memory(std::int64_t, std::int64_t) const override { return memory_size; }
  bool has_map() const override { return true; }

  void map(const engine::TermContext& c, const float*, float* w) const override {
    const std::span<double> m = c.memory;
    const double square = engine::kernels::square_sum(c.parallel, w, c.size());
    const double mean = square / static_cast<double>(c.size());
    if (m[has_bound] == 0) {
      const auto step = static_cast<std::int64_t>(++m[updates]);
      if (warmup_ > 0 ? step >= warmup_ : slows_down(step, std::sqrt(square), m)) {
        m[bound] = mean;
        m[has_bound] = 1;
      }
      return;
    }
    m[multiplier] = std::max(0.0, m[multiplier] + c.strength * (mean - m[bound]));
    const auto keep = static_cast<float>(1 - 2 * m[multiplier]);
    engine::kernels::scale(c.parallel, w, c.size(), keep);
  }

 private:
  static bool slows_down(std::int64_t step, double norm, std::span<double> m) {
    m[smoothed] = step < interval ? norm : smoothing * m[smoothed] + (1 - smoothing) * norm;
    if (step <= interval || step % interval != 0) return false;
    const double grown = (m[smoothed] - m[smoothed_before]) / m[smoothed];
    const bool slower = step > 3 * interval && m[growth] > grown && grown > least_growth;
    m[smoothed_before] = m[smoothed];
    if (step > 2 * interval) m[growth] = grown;
    return slower;
  }

  std::int64_t warmup_;
};

}  // namespace

TermPtr cpr_term(std::int64_t warmup) {
  return std::make_unique<Cpr>(warmup);
}

}  // namespace ridgeline::objective
