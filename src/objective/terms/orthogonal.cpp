// Soft orthogonality of the rows (Bansal, Chen and Wang, arXiv 1810.09102):
//   strength / 4 |G - I|^2 (Frobenius), G = W W^T;  gradient: strength (G - I) W
// and of the columns if there are fewer of them: G = W^T W, gradient strength W (G - I).

#include "engine/kernels/gram.hpp"
#include "engine/kernels/shared_runs.hpp"
#include "objective/terms/terms.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::objective {
namespace {

namespace kernels = engine::kernels;

kernels::MatrixShape shape_of(const engine::TermContext& c) {
  return {c.rows, c.columns};
}

// G - I
Buffer<float> excess(const engine::TermContext& c, const float* w) {
  const kernels::MatrixShape shape = shape_of(c);
  Buffer<float> gram(shape.gram_size());
  kernels::multiply_by_itself(c.parallel, shape, w, gram.data());
  for (std::int64_t i = 0; i < shape.side(); ++i) {
    gram[static_cast<std::size_t>(i * (shape.side() + 1))] -= 1;
  }
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
    const Buffer<float> gram = excess(c, w);
    Buffer<float> product(c.size());
    kernels::multiply_by_symmetric(c.parallel, shape_of(c), w, gram.data(), product.data());
    kernels::add_scaled(c.parallel, gradient, static_cast<float>(c.strength), product.data(),
                        c.size());
    return value_of(c, gram);
  }

 private:
  static double value_of(const engine::TermContext& c, const Buffer<float>& gram) {
    return c.strength / 4 * kernels::square_sum(c.parallel, gram.data(), shape_of(c).gram_size());
  }
};

}  // namespace

TermPtr orthogonal_term() {
  return std::make_unique<Orthogonal>();
}

}  // namespace ridgeline::objective
