#pragma once
// Predictions for people and for programs.

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "cli/predictor.hpp"
#include "cli/printable.hpp"

namespace ridgeline::cli {

/// Of a multi-label model, an image has the labels of at least this probability.
inline constexpr double present_from = 0.5;

/// What the rows mean.
enum class PredictionKind { classes, labels, values };

/// [{"image", "predictions": [{"label", "probability"}]}]; of multi-label models also "present",
/// of regressions "values": {name: number}; with "error" where an image could not be read.
nlohmann::ordered_json predictions_json(std::span<const ImageResult> results, PredictionKind kind);

/// A row for each label of each image. Images that could not be read are left out.
std::string predictions_table(std::span<const ImageResult> results, PredictionKind kind,
                              const Page& page);

/// The same as CSV (RFC 4180) with a header: image,rank,label,probability; or image,name,value.
std::string predictions_csv(std::span<const ImageResult> results, PredictionKind kind);

/// One image with bars of its probabilities; of several, or of values, a contact sheet.
Image predictions_drawing(std::span<const ImageResult> results, PredictionKind kind);

}  // namespace ridgeline::cli
