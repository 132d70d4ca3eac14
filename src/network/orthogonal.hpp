#pragma once

#include <cstdint>
#include <span>

#include "tensor/random.hpp"

namespace ridgeline::network {

/// Fills a row-major matrix with a uniformly distributed orthogonal one: orthonormal rows if there
/// are at most as many rows as columns, else orthonormal columns (Saxe et al., arXiv 1312.6120). It
/// is the Q of a normal matrix's QR decomposition with a positive diagonal in R.
void fill_orthogonal(std::int64_t rows, std::int64_t columns, Random& random,
                     std::span<float> matrix);

}  // namespace ridgeline::network
