#include "network/check.hpp"

#include <fmt/ranges.h>

namespace ridgeline::network {

std::int64_t product(std::span<const std::int64_t> factors, std::int64_t most) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) {
    require(factor <= most / result, "is too large: {} would be more than {}",
            fmt::join(factors, " x "), most);
    result *= factor;
  }
  return result;
}

void require_image(const Shape& shape) {
  require(shape.rank() == 3, "takes images of channels x height x width, not {}", shape.text());
}

}  // namespace ridgeline::network
