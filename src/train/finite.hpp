#pragma once
// Numbers that must be finite: weights, pixels, outputs. Where an output is not, its cause is
// looked for, and the error names it.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "train/core.hpp"

namespace ridgeline::train {

/// What a number came from that is not finite, though all that it was computed from is.
inline constexpr std::string_view overflow =
    "numbers inside the network become too large for single precision";

/// "nan" or "infinite", of a number that is not finite.
const char* in_words(double value);

/// The first parameter, statistics too, that has a number that is not finite: "dense_1.kernel is
/// nan".
std::optional<std::string> not_finite(const engine::State& state);

/// Throws DataError for an image of the batch that has a pixel that is not finite. Where the images
/// have no identities, `first` is the number of the batch's first.
void check_pixels(const ModelCore& core, const engine::Batch& batch, std::size_t first);

/// Throws unless the outputs of a batch are finite: DataError where a pixel of the image is not,
/// else DivergedError.
void check_outputs(const ModelCore& core, const engine::Batch& batch,
                   std::span<const float> outputs, std::size_t first);

}  // namespace ridgeline::train
