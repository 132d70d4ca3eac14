#include "network/layers/conv2d.hpp"

#include "network/activation.hpp"
#include "network/initialize.hpp"

namespace ridgeline {
namespace network {

Conv2DSpec::Conv2DSpec(Conv2D options) : Spec(std::move(options)) {
  const Conv2D& o = options_;
  require(o.filters >= 1, "filters must be at least 1, not {}", o.filters);
  require(o.groups >= 1, "groups must be at least 1, not {}", o.groups);
  require(o.filters % o.groups == 0, "filters must be a multiple of groups, not {} for {} groups",
          o.filters, o.groups);
  check(window());
  check_initializer(o.kernel_initializer);
  check_initializer(o.bias_initializer);
  options_.activation = parse_activation(o.activation).text();
}

Window Conv2DSpec::window() const {
  return {options_.kernel, options_.stride, options_.dilation, options_.padding};
}

Shape Conv2DSpec::output_shape(std::span<const Shape> inputs) const {
  const Shape& input = inputs[0];
  require_image(input);
  require(input[0] % options_.groups == 0, "has {} groups, which do not divide the channels of {}",
          options_.groups, input.text());
  const Placement windows = place(window(), input[1], input[2]);
  return {options_.filters, windows.output_height, windows.output_width};
}

std::vector<ParameterSpec> Conv2DSpec::parameters(std::span<const Shape> inputs) const {
  const Conv2D& o = options_;
  const std::int64_t channels = inputs[0][0] / o.groups;
  const std::int64_t fan_in = product({channels, o.kernel.height, o.kernel.width});
  const std::int64_t fan_out = product({o.filters / o.groups, o.kernel.height, o.kernel.width});
  std::vector<ParameterSpec> parameters = {{"kernel",
                                            {o.filters, channels, o.kernel.height, o.kernel.width},
                                            Role::kernel,
                                            o.kernel_initializer,
                                            fan_in,
                                            fan_out}};
  if (o.use_bias) {
    parameters.push_back({"bias", {o.filters}, Role::bias, o.bias_initializer, fan_in, fan_out});
  }
  return parameters;
}

std::int64_t Conv2DSpec::flops(std::span<const Shape> inputs) const {
  const Shape output = output_shape(inputs);
  return 2 * product({output.elements(), inputs[0][0] / options_.groups, options_.kernel.height,
                      options_.kernel.width},
                     most_operations);
}

LayerTraits Conv2DSpec::traits() const {
  return traits_with_kernel(options_.groups == 1 ? ChannelFlow::mixes : ChannelFlow::grouped,
                            options_.activation);
}

std::optional<double> Conv2DSpec::constant(double sum, std::int64_t channel,
                                           const ParameterValue& value) const {
  if (options_.use_bias) sum += value("bias", channel);
  return parse_activation(options_.activation).at(sum);
}

bool Conv2DSpec::pads(std::span<const Shape> inputs) const {
  const Placement p = place(window(), inputs[0][1], inputs[0][2]);
  return p.top > 0 || p.bottom > 0 || p.left > 0 || p.right > 0;
}

std::shared_ptr<const LayerSpec> Conv2DSpec::with_outputs(std::int64_t outputs,
                                                          bool use_bias) const {
  Conv2D options = options_;
  options.filters = outputs;
  options.use_bias = use_bias;
  return std::make_shared<const Conv2DSpec>(options);
}

}  // namespace network

Layer conv2d(const Conv2D& options) {
  return network::make<network::Conv2DSpec>(options);
}

}  // namespace ridgeline
