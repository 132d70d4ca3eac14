// Soft orthogonality of the rows (Bansal, Chen and Wang, arXiv 1810.09102):
//   strength / 4 |G - I|^2 (Frobenius), G = W W^T;  gradient: strength (G - I) W
// and of the columns where there are fewer of them: G = W^T W, gradient strength W (G - I).

#include <vector>

#include "engine/kernels/dense.hpp"
#include "objective/terms/terms.hpp"

namespace ridgeline::objective {
namespace {

namespace kernels = engine::kernels;

bool by_rows(const engine::TermContext& c) {
  return c.rows <= c.columns;
}

// G - I, of as many rows as the shorter side has.
std::vector<float> excess(const engine::TermContext& c, const float* w) {
  const std::int64_t n = by_rows(c) ? c.rows : c.columns;
  std::vector<float> gram(static_cast<std::size_t>(n * n));
  if (by_rows(c)) {
    kernels::dense_forward({n, c.columns, n}, {w, w, nullptr, gram.data()});
  } else {
    const kernels::DensePart part{w, w, c.rows};
    kernels::dense_kernel_gradient({&part, 1}, {n, n, 0, n}, gram.data());
  }
  for (std::int64_t i = 0; i < n; ++i) gram[static_cast<std::size_t>(i * n + i)] -= 1;
  return gram;
}

class Orthogonal final : public engine::MatrixTerm {
 public:
  std::string_view name() const override { return "orthogonal"; }
  bool has_gradient() const override { return true; }

  double value(const engine::TermContext& c, const float* w) const override {
    return value_of(c, excess(c, w));
  }

  double add_gradient(const engine::TermContext& c, const float* w,
                      float* gradient) const override {
    const std::vector<float> gram = excess(c, w);
    std::vector<float> product(c.size());
    if (by_rows(c)) {
      kernels::dense_backward_data({c.rows, c.columns, c.rows}, w, gram.data(), product.data());
    } else {
      kernels::dense_forward({c.rows, c.columns, c.columns},
                             {w, gram.data(), nullptr, product.data()});
    }
    const auto strength = static_cast<float>(c.strength);
    for (std::size_t i = 0; i < c.size(); ++i) gradient[i] += strength * product[i];
    return value_of(c, gram);
  }

 private:
  static double value_of(const engine::TermContext& c, const std::vector<float>& gram) {
    double square = 0;
    for (const double e : gram) square += e * e;
    return c.strength / 4 * square;
  }
};

}  // namespace

TermPtr orthogonal_term() {
  return std::make_unique<Orthogonal>();
}

}  // namespace ridgeline::objective
