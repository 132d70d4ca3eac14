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

}  // namespace network

Layer conv2d(const Conv2D& options) {
  return network::make<network::Conv2DSpec>(options);
}

}  // namespace ridgeline
