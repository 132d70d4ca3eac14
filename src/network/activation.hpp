#pragma once
// The activations by name.

#include <optional>
#include <string>
#include <string_view>

#include "ridgeline/layer.hpp"

namespace ridgeline::network {

struct Activation {
  enum class Kind { linear, relu, relu6, leaky_relu, sigmoid, tanh, gelu, silu, softmax };
  Kind kind = Kind::linear;
  double slope = 0;  ///< of leaky_relu for negative values

  /// As written in files: "relu", "leaky_relu" (slope 0.01), "leaky_relu(0.2)".
  std::string text() const;
  /// The value at `x`; nothing for softmax, which is not a function of one number.
  std::optional<double> at(double x) const;
  /// Whether f(a x) = a f(x) for all a above 0.
  bool keeps_scale() const;
  friend bool operator==(const Activation&, const Activation&) = default;
};

/// Throws UsageError for an unknown name, with the nearest known one, or a slope that is negative
/// or above 1.
Activation parse_activation(std::string_view text);

/// The traits of a layer that applies a kernel, adds a bias and applies the activation.
LayerTraits traits_with_kernel(ChannelFlow channels, std::string_view activation);

}  // namespace ridgeline::network
