#pragma once
// Predictions for people and for programs.

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "cli/predictor.hpp"
#include "cli/printable.hpp"

namespace ridgeline::cli {

/// With a multi-label model, an image has the labels with at least this probability.
inline constexpr double present_from = 0.5;

/// What the rows mean.
enum class PredictionKind { classes, labels, values };

/// [{"image", "predictions": [{"label", "probability"}]}]; for multi-label models also "present";
/// for regressions "values": {name: number}; "error" if an image could not be read.
nlohmann::ordered_json predictions_json(std::span<const ImageResult> results, PredictionKind kind);

/// A row for each label of each image. Images that could not be read are left out.
std::string predictions_table(std::span<const ImageResult> results, PredictionKind kind,
                              const Page& page);

/// The same as CSV (RFC 4180) with a header: image,rank,label,probability; or image,name,value.
std::string predictions_csv(std::span<const ImageResult> results, PredictionKind kind);

/// One image with bars of its probabilities. For several images, or for values, a contact sheet.
Image predictions_drawing(std::span<const ImageResult> results, PredictionKind kind);

}  // namespace ridgeline::cli
