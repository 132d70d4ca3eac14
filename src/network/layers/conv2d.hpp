#pragma once

#include "network/padding.hpp"
#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Conv2D> =
    std::tuple(Field{"filters", &Conv2D::filters}, Field{"kernel", &Conv2D::kernel, true},
               Field{"stride", &Conv2D::stride}, Field{"dilation", &Conv2D::dilation},
               Field{"groups", &Conv2D::groups}, Field{"padding", &Conv2D::padding},
               Field{"activation", &Conv2D::activation}, Field{"use_bias", &Conv2D::use_bias},
               Field{"kernel_initializer", &Conv2D::kernel_initializer},
               Field{"bias_initializer", &Conv2D::bias_initializer});

class Conv2DSpec final : public Spec<"conv2d", Conv2D> {
 public:
  explicit Conv2DSpec(Conv2D options);
  Window window() const;
  Shape output_shape(std::span<const Shape> inputs) const override;
  std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const override;
  std::string activation() const override { return options_.activation; }
  std::int64_t flops(std::span<const Shape> inputs) const override;
  LayerTraits traits() const override;
  std::optional<double> constant(double sum, std::int64_t channel,
                                 const ParameterValue& value) const override;
  bool pads(std::span<const Shape> inputs) const override;
  std::shared_ptr<const LayerSpec> with_outputs(std::int64_t outputs, bool use_bias) const override;
};

}  // namespace ridgeline::network
