#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<ActivityRegularization> = std::tuple(
    Field{"l2", &ActivityRegularization::l2, true}, Field{"l1", &ActivityRegularization::l1, true});

class ActivityRegularizationSpec final
    : public Spec<"activity_regularization", ActivityRegularization> {
 public:
  explicit ActivityRegularizationSpec(const ActivityRegularization& options);
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::string penalty() const override;
  LayerTraits traits() const override { return {.channels = ChannelFlow::passes}; }
};

}  // namespace ridgeline::network
