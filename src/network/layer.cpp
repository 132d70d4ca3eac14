#include "ridgeline/layer.hpp"

#include "network/check.hpp"

namespace ridgeline {

std::vector<ParameterSpec> LayerSpec::parameters(std::span<const Shape>) const {
  return {};
}
std::int64_t LayerSpec::flops(std::span<const Shape>) const {
  return 0;
}

Layer Layer::named(std::string name) const {
  Layer layer = *this;
  layer.name_ = std::move(name);
  return layer;
}

Layer Layer::regularize(PenaltyRule rule) const {
  network::require(rule.match.empty(),
                   "a layer's own penalty matches the layer alone: leave out match = '{}'",
                   rule.match);
  if (rule.role.empty()) rule.role = "kernel";
  Layer layer = *this;
  layer.rules_.push_back(std::move(rule));
  return layer;
}

}  // namespace ridgeline
