#include "ridgeline/layer.hpp"

namespace ridgeline {

std::vector<ParameterSpec> LayerSpec::parameters(std::span<const Shape>) const {
  return {};
}
std::int64_t LayerSpec::flops(std::span<const Shape>) const {
  return 0;
}

}  // namespace ridgeline
