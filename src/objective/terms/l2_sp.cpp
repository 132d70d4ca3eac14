// L2 towards given weights, for fine-tuning (Li, Grandvalet and Davoine, arXiv 1802.01483):
//   strength / 2 |w - w0|^2;  gradient: strength (w - w0)

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
    double square = 0;
    for (std::size_t i = 0; i < c.size(); ++i) {
      const double d = static_cast<double>(w[i]) - c.reference[i];
      square += d * d;
    }
    return c.strength / 2 * square;
  }

  double add_gradient(const engine::TermContext& c, const float* w,
                      float* gradient) const override {
    const auto strength = static_cast<float>(c.strength);
    for (std::size_t i = 0; i < c.size(); ++i) gradient[i] += strength * (w[i] - c.reference[i]);
    return value(c, w);
  }
};

}  // namespace

TermPtr l2_sp_term() {
  return std::make_unique<L2Sp>();
}

}  // namespace ridgeline::objective
