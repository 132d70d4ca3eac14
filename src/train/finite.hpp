#pragma once
// Checks numbers that must be finite: weights, pixels, outputs. If an output is not finite, the
// error names the cause.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "train/core.hpp"

namespace ridgeline::train {

/// The cause of a number that is not finite although its inputs are.
inline constexpr std::string_view overflow =
    "numbers inside the network become too large for single precision";

/// "nan" or "infinite", for a number that is not finite.
const char* in_words(double value);

/// The first parameter or statistic with a number that is not finite: "dense_1.kernel is
/// nan".
std::optional<std::string> not_finite(const engine::State& state);

/// Throws DataError for an image of the batch with a pixel that is not finite. If images have no
/// identities, `first` is the number of the first image.
void check_pixels(const ModelCore& core, const engine::Batch& batch, std::size_t first);

/// Throws if an output of a batch is not finite: DataError if a pixel of its image is not,
/// otherwise DivergedError.
void check_outputs(const ModelCore& core, const engine::Batch& batch,
                   std::span<const float> outputs, std::size_t first);

}  // namespace ridgeline::train
