#include "network/layers/activation.hpp"

#include "network/activation.hpp"

namespace ridgeline {

network::ActivationSpec::ActivationSpec(const ActivationOptions& options)
    : Spec(ActivationOptions{parse_activation(options.function).text()}) {}

Layer activation(std::string name) {
  return network::make<network::ActivationSpec>({std::move(name)});
}

}  // namespace ridgeline
