#include "network/layers/activity_regularization.hpp"

#include <fmt/ranges.h>

#include <cmath>

namespace ridgeline {
namespace network {

ActivityRegularizationSpec::ActivityRegularizationSpec(const ActivityRegularization& options)
    : Spec(options) {
  require(options.l2 >= 0 && std::isfinite(options.l2), "l2 must be at least 0 and finite, not {}",
          options.l2);
  require(options.l1 >= 0 && std::isfinite(options.l1), "l1 must be at least 0 and finite, not {}",
          options.l1);
}

std::string ActivityRegularizationSpec::penalty() const {
  std::vector<std::string> parts;
  if (options_.l2 > 0) parts.push_back(fmt::format("l2 {}", options_.l2));
  if (options_.l1 > 0) parts.push_back(fmt::format("l1 {}", options_.l1));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace network

Layer activity_regularization(const ActivityRegularization& options) {
  return network::make<network::ActivityRegularizationSpec>(options);
}

}  // namespace ridgeline
