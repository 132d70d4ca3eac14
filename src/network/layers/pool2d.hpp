#pragma once

#include "network/padding.hpp"
#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Pool2D> = std::tuple(Field{"window", &Pool2D::window, true},
                                                  Field{"stride", &Pool2D::stride},
                                                  Field{"padding", &Pool2D::padding});

/// The window of a pooling, with its stride. Throws UsageError for one that is not possible.
Window pool_window(const Pool2D& options);

template <Literal Kind>
class Pool2DSpec final : public Spec<Kind, Pool2D> {
 public:
  explicit Pool2DSpec(const Pool2D& options)
      : Spec<Kind, Pool2D>(options), window_(pool_window(options)) {}
  const Window& window() const { return window_; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    require_image(inputs[0]);
    const Placement windows = place(window_, inputs[0][1], inputs[0][2]);
    return {inputs[0][0], windows.output_height, windows.output_width};
  }
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }

 private:
  Window window_;
};

using MaxPool2DSpec = Pool2DSpec<"max_pool2d">;
using AveragePool2DSpec = Pool2DSpec<"average_pool2d">;

}  // namespace ridgeline::network
