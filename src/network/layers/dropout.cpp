#include "network/layers/dropout.hpp"

namespace ridgeline {

network::DropoutSpec::DropoutSpec(const Dropout& options) : Spec(options) {
  require(options.rate >= 0 && options.rate < 1, "rate must be at least 0 and below 1, not {}",
          options.rate);
}

Layer dropout(const Dropout& options) {
  return network::make<network::DropoutSpec>(options);
}

}  // namespace ridgeline
