#include "select/share_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ridgeline::selection {

std::string share_text(double share) {
  if (share >= 1) return "all";
  const double parts = std::round(1 / share);
  const bool whole = std::abs(share * parts - 1) < 1e-9;
  return whole ? fmt::format("1/{:.0f}", parts) : fmt::format("{:.3g}", share);
}

std::string images_text(double share) {
  return share_text(share) + (share < 1 ? " of the images" : " images");
}

}  // namespace ridgeline::selection
