#include "network/layers/add.hpp"

namespace ridgeline {

Shape network::AddSpec::output_shape(std::span<const Shape> inputs) const {
  for (const Shape& input : inputs) {
    require(input == inputs[0], "takes inputs of equal shape, not {} and {}", inputs[0].text(),
            input.text());
  }
  return inputs[0];
}

Layer add() {
  return network::make<network::AddSpec>();
}

}  // namespace ridgeline
