#pragma once
// The first values of parameters.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ridgeline/layer.hpp"

namespace ridgeline::network {

/// Fills `values` (as many as the parameter's shape has) by spec.initializer:
///   glorot_*    variance 2 / (fan_in + fan_out)   (Glorot and Bengio, AISTATS 2010)
///   he_*        variance 2 / fan_in               (He et al., arXiv 1502.01852)
///   lecun_*     variance 1 / fan_in               (LeCun et al., Efficient BackProp, 1998)
///               _uniform, or _normal truncated at two deviations and rescaled to the variance
///   orthogonal  of the kernel as a matrix {out, rest}
///   zeros, ones, constant(VALUE)
/// The values depend on (seed, parameter_index) alone. Throws UsageError for an unknown name.
void initialize(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t parameter_index,
                std::span<float> values);

/// Throws UsageError for an initialiser that does not exist, with the nearest known one.
void check_initializer(std::string_view text);

}  // namespace ridgeline::network
