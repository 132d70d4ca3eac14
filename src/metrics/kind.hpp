#pragma once
// What the files of the metrics share: how options are read.

#include "network/options.hpp"
#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

/// Throws UsageError for an option that the kind does not have, with the nearest one.
template <typename Options>
Options options_from(std::string_view kind, const Attributes& attributes) {
  network::expect_fields<Options>(kind, attributes);
  return network::read_options<Options>(attributes);
}

/// Throws UsageError for any option.
inline void no_options(std::string_view kind, const Attributes& attributes) {
  attributes.expect_only(kind, {});
}

}  // namespace ridgeline::metrics
