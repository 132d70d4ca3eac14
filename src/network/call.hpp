#pragma once
// "relu" or "leaky_relu(0.2)": a name with, perhaps, one number.

#include <optional>
#include <string>
#include <string_view>

namespace ridgeline::network {

struct Call {
  std::string name;
  std::optional<double> argument;
};

/// Throws UsageError, which names `what` ("activation"), if `text` has neither form or the number
/// is not finite.
Call parse_call(std::string_view what, std::string_view text);

}  // namespace ridgeline::network
