#include "network/layers/dense.hpp"

#include "network/activation.hpp"
#include "network/initialize.hpp"

namespace ridgeline {
namespace network {

DenseSpec::DenseSpec(Dense options) : Spec(std::move(options)) {
  require(options_.units >= 1, "units must be at least 1, not {}", options_.units);
  check_initializer(options_.kernel_initializer);
  check_initializer(options_.bias_initializer);
  options_.activation = parse_activation(options_.activation).text();
}

Shape DenseSpec::output_shape(std::span<const Shape> inputs) const {
  require(inputs[0].rank() == 1, "takes a flat input, not {}: put a flatten layer before it",
          inputs[0].text());
  return {options_.units};
}

std::vector<ParameterSpec> DenseSpec::parameters(std::span<const Shape> inputs) const {
  const std::int64_t in = inputs[0][0], out = options_.units;
  std::vector<ParameterSpec> parameters = {
      {"kernel", {out, in}, Role::kernel, options_.kernel_initializer, in, out}};
  if (options_.use_bias) {
    parameters.push_back({"bias", {out}, Role::bias, options_.bias_initializer, in, out});
  }
  return parameters;
}

std::int64_t DenseSpec::flops(std::span<const Shape> inputs) const {
  return 2 * product({inputs[0][0], options_.units}, most_operations);
}

LayerTraits DenseSpec::traits() const {
  return traits_with_kernel(ChannelFlow::mixes, options_.activation);
}

std::optional<double> DenseSpec::constant(double sum, std::int64_t channel,
                                          const ParameterValue& value) const {
  if (options_.use_bias) sum += value("bias", channel);
  return parse_activation(options_.activation).at(sum);
}

std::shared_ptr<const LayerSpec> DenseSpec::with_outputs(std::int64_t outputs,
                                                         bool use_bias) const {
  Dense options = options_;
  options.units = outputs;
  options.use_bias = use_bias;
  return std::make_shared<const DenseSpec>(options);
}

}  // namespace network

Layer dense(const Dense& options) {
  return network::make<network::DenseSpec>(options);
}

}  // namespace ridgeline
