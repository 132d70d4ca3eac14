#pragma once
// Sobol's sequence: points that fill the unit cube more evenly than random ones.

#include <cstdint>

namespace ridgeline::selection {

constexpr int sobol_dimensions = 21;

/// Coordinate `axis` of point `index`, from 0, as 32 bits of a fraction. Bits of different axes are
/// chosen by the direction numbers of Joe and Kuo, "Constructing Sobol sequences with better
/// two-dimensional projections", SIAM J. Sci. Comput. 30, 2008. The points are in Gray-code order
/// (Antonov and Saleev, 1979). `axis`: below sobol_dimensions.
std::uint32_t sobol(std::uint32_t index, int axis);

}  // namespace ridgeline::selection
