#include "network/layers/flatten.hpp"

namespace ridgeline {

Layer flatten() {
  return network::make<network::FlattenSpec>();
}

}  // namespace ridgeline
