#include "ridgeline/layer.hpp"

#include "options/check.hpp"

namespace ridgeline {

std::vector<ParameterSpec> LayerSpec::parameters(std::span<const Shape>) const {
  return {};
}
std::int64_t LayerSpec::flops(std::span<const Shape>) const {
  return 0;
}

LayerTraits LayerSpec::traits() const {
  const std::string last = activation();
  return {.rectifies = last == "relu", .saturates = last == "sigmoid" || last == "tanh"};
}
std::vector<InputChannel> LayerSpec::sources(std::span<const Shape> inputs,
                                             std::int64_t channel) const {
  std::vector<InputChannel> all;
  for (std::size_t i = 0; i < inputs.size(); ++i) all.push_back({i, channel});
  return all;
}
std::optional<double> LayerSpec::constant(double sum, std::int64_t, const ParameterValue&) const {
  return sum;
}
bool LayerSpec::pads(std::span<const Shape>) const {
  return false;
}
std::shared_ptr<const LayerSpec> LayerSpec::with_outputs(std::int64_t, bool) const {
  return nullptr;
}

Layer Layer::named(std::string name) const {
  Layer layer = *this;
  layer.name_ = std::move(name);
  return layer;
}

Layer Layer::regularize(PenaltyRule rule) const {
  require(rule.match.empty(),
          "a layer's own penalty matches the layer alone: leave out match = '{}'", rule.match);
  if (rule.role.empty()) rule.role = "kernel";
  Layer layer = *this;
  layer.rules_.push_back(std::move(rule));
  return layer;
}

}  // namespace ridgeline
