#pragma once
// What commands have in common: sets of metrics, and the files of MODEL and of a run.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/printable.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::cli {

/// The number, or null for one that is not finite.
nlohmann::ordered_json finite(double value);
/// {"data_loss", "penalty", "objective", "accuracy", ...}, with every metric under
/// its name; null without metrics.
nlohmann::ordered_json to_json(const std::optional<Metrics>& metrics);

/// {"regularize.l2": 0.001, "optimizer.kind": "sgd"}; null if there are none, as of a choice that
/// was not made.
nlohmann::ordered_json parameters_json(const Assignment& parameters, const SearchSpace& over);

/// [{"trial", "reason"}, ...]; the trial is null for a decision about no single one.
nlohmann::ordered_json decisions_json(const std::vector<Decision>& decided);

/// Whether a metric can differ between models of so many classes. "top5" of five classes is always
/// 1, so tables leave it out.
bool says_something(std::string_view metric, std::size_t classes);

/// A row for each set that has metrics. The columns are the numbers of the first set, without
/// metrics that say nothing about so many classes.
std::string metrics_table(const std::vector<std::pair<std::string, std::optional<Metrics>>>& sets,
                          std::size_t classes, const Page& page);

/// The table of the model's layers.
std::string model_table(const Model& model, const Page& page);

/// The share of exact zeros in each kernel, by its name. L1 and group lasso make such zeros.
nlohmann::ordered_json zeros_json(const Model& model);
/// A line with these shares; empty if no weight is exactly 0.
std::string zeros_text(const Model& model);

/// The model file of MODEL: MODEL itself, or the file in the folder of a run or study.
/// Throws DataError if there is no such file.
std::filesystem::path model_file(const std::filesystem::path& model);

}  // namespace ridgeline::cli
