#pragma once
// What commands have in common: sets of metrics, and what MODEL and a run's folder stand for.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/printable.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

/// The number, or null for one that is not finite.
nlohmann::ordered_json finite(double value);
/// S of the contract: {"data_loss", "penalty", "objective", "accuracy", ...}, every metric under
/// its name; null without metrics.
nlohmann::ordered_json to_json(const std::optional<Metrics>& metrics);

/// Whether a metric says anything about so many classes. "top5" of five classes is always 1. Tables
/// for people leave it out.
bool says_something(std::string_view metric, std::size_t classes);

/// A row for each set that is there, under the names of the numbers. The metrics are those of the
/// first set that say something about so many classes.
std::string metrics_table(const std::vector<std::pair<std::string, std::optional<Metrics>>>& sets,
                          std::size_t classes, const Page& page);

/// The table of the model's layers that fits the page.
std::string model_table(const Model& model, const Page& page);

/// The share of exact zeros in each kernel, by its name, which L1 and group lasso leave.
nlohmann::ordered_json zeros_json(const Model& model);
/// A line with these shares; empty if no weight is exactly 0.
std::string zeros_text(const Model& model);

/// The model file that MODEL stands for: itself, or the one in a run's or study's folder.
/// Throws DataError if there is no such file.
std::filesystem::path model_file(const std::filesystem::path& model);

}  // namespace ridgeline::cli
