#pragma once
// Checks that the files here share: products that must not overflow, and shapes of images.

#include <cstdint>
#include <initializer_list>
#include <span>

#include "options/check.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline::network {

/// The largest size, in elements, that a tensor of a network may have: 4 TiB of floats.
inline constexpr std::int64_t most_elements = std::int64_t{1} << 40;
/// The same for the multiply-adds of a layer for one image.
inline constexpr std::int64_t most_operations = std::int64_t{1} << 60;

/// The product of positive factors. Throws UsageError if it is above `most`.
std::int64_t product(std::span<const std::int64_t> factors, std::int64_t most = most_elements);
inline std::int64_t product(std::initializer_list<std::int64_t> factors,
                            std::int64_t most = most_elements) {
  return product(std::span(factors.begin(), factors.size()), most);
}

/// Throws UsageError unless `shape` is {channels, height, width}.
void require_image(const Shape& shape);

}  // namespace ridgeline::network
