// Fixed norm (Keras's UnitNorm, for any norm): w <- w * norm / |w|, row by row. A row of zeros has
// no direction and does not change.

#include "objective/terms/norms.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

class FixedNorm final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "fixed_norm"; }
  bool has_map() const override { return true; }
  void map(const engine::TermContext& c, const float*, float* w) const override {
    scale_rows(c, w, [&](double norm) { return norm > 0 ? c.strength / norm : 1; });
  }
};

}  // namespace

TermPtr fixed_norm_term() {
  return std::make_unique<FixedNorm>();
}

}  // namespace ridgeline::objective
