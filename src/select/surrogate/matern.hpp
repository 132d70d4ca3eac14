#pragma once
// The Matérn-5/2 kernel (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006,
// eq. 4.17).

#include <cmath>

namespace ridgeline::selection {

/// The correlation of two points. `r`: the square root of 5, times their distance in length scales.
inline double matern(double r) {
  return (1 + r + r * r / 3) * std::exp(-r);
}

}  // namespace ridgeline::selection
