// L2 distance from given weights, for fine-tuning (Li, Grandvalet and Davoine, arXiv 1802.01483):
//   strength / 2 |w - w0|^2;  gradient: strength (w - w0)

#include "engine/kernels/shared_runs.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

class L2Sp final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "l2_sp"; }
  bool wants_reference() const override { return true; }
  bool has_gradient() const override { return true; }

  double value(const engine::TermContext& c, const float* w) const override {
    if (c.reference == nullptr) return 0;
    return c.strength / 2 * engine::kernels::distance_square(c.parallel, w, c.reference, c.size());
  }

  double add_gradient(const engine::TermContext& c, const float* w,
                      float* gradient) const override {
    const auto strength = static_cast<float>(c.strength);
    c.parallel(c.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin * c.columns; i < end * c.columns; ++i) {
        gradient[i] += strength * (w[i] - c.reference[i]);
      }
    });
    return value(c, w);
  }
};

}  // namespace

TermPtr l2_sp_term() {
  return std::make_unique<L2Sp>();
}

}  // namespace ridgeline::objective
