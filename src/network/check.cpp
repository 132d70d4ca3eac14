#include "network/check.hpp"

#include <fmt/ranges.h>

#include "ridgeline/attributes.hpp"

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

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near);
  if (known.empty()) return "there are none";
  return fmt::format("known are {}", fmt::join(known, ", "));
}

}  // namespace ridgeline::network
