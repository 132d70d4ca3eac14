#pragma once
// The activations by name.

#include <string>
#include <string_view>

namespace ridgeline::network {

struct Activation {
  enum class Kind { linear, relu, relu6, leaky_relu, sigmoid, tanh, gelu, silu, softmax };
  Kind kind = Kind::linear;
  double slope = 0;  ///< of leaky_relu for negative values

  /// As it is written in files: "relu", "leaky_relu" (slope 0.01), "leaky_relu(0.2)".
  std::string text() const;
  friend bool operator==(const Activation&, const Activation&) = default;
};

/// Throws UsageError for an unknown name, with the nearest known one, or a slope that is negative
/// or above 1.
Activation parse_activation(std::string_view text);

}  // namespace ridgeline::network
