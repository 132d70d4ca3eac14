#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

struct ActivationOptions {
  std::string function = "linear";
};

template <>
inline constexpr auto fields<ActivationOptions> = std::tuple(Field{"function",
                                                                   &ActivationOptions::function});

class ActivationSpec final : public Spec<"activation", ActivationOptions> {
 public:
  explicit ActivationSpec(const ActivationOptions& options);
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::string activation() const override { return options_.function; }
  LayerTraits traits() const override;
  std::optional<double> constant(double sum, std::int64_t channel,
                                 const ParameterValue& value) const override;
};

}  // namespace ridgeline::network
