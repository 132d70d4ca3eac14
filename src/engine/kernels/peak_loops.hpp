#pragma once
// The loops that peak.cpp times. Each runs `rounds` rounds and returns a number made of every
// accumulator, so that none can be left out.

#include <cstdint>

namespace ridgeline::engine::kernels {

/// Floating-point operations in a round of each loop on this CPU.
std::int64_t fp32_round_flops();
float fp32_rounds(std::int64_t rounds);

/// 0 if this CPU has no bf16 products.
std::int64_t bf16_round_flops();
float bf16_rounds(std::int64_t rounds);

}  // namespace ridgeline::engine::kernels
