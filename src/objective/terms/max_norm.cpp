// Max-norm (Srivastava et al., JMLR 15, 2014; Keras's MaxNorm over a unit's inputs): a row whose
// norm exceeds the bound is projected back: w <- w * bound / |w|.

#include "objective/terms/norms.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

class MaxNorm final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "max_norm"; }
  bool has_map() const override { return true; }
  void map(const engine::TermContext& c, const float*, float* w) const override {
    scale_rows(c, w, [&](double norm) { return norm > c.strength ? c.strength / norm : 1; });
  }
};

}  // namespace

TermPtr max_norm_term() {
  return std::make_unique<MaxNorm>();
}

}  // namespace ridgeline::objective
