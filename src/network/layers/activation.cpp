#include "network/layers/activation.hpp"

#include "network/activation.hpp"

namespace ridgeline {

network::ActivationSpec::ActivationSpec(const ActivationOptions& options)
    : Spec(ActivationOptions{parse_activation(options.function).text()}) {}

LayerTraits network::ActivationSpec::traits() const {
  const Activation function = parse_activation(options_.function);
  LayerTraits traits = LayerSpec::traits();
  if (function.kind != Activation::Kind::softmax) traits.channels = ChannelFlow::passes;
  traits.keeps_scale = function.keeps_scale();
  traits.keeps_shift = function.kind == Activation::Kind::linear;
  return traits;
}

std::optional<double> network::ActivationSpec::constant(double sum, std::int64_t,
                                                        const ParameterValue&) const {
  return parse_activation(options_.function).at(sum);
}

Layer activation(std::string name) {
  return network::make<network::ActivationSpec>({std::move(name)});
}

}  // namespace ridgeline
