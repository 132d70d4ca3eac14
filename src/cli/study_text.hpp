#pragma once
// What a study has, as text and as JSON.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/console.hpp"
#include "select/study_report.hpp"

namespace ridgeline::cli {

/// "running (process 123)", "done".
std::string state_text(const selection::StudyReport& report);
/// "0.4213 ± 0.0021", without the standard error if it is not known.
std::string score_text(const Trial& trial);
/// The values of a trial and its score: "regularize.l2 0.001, val_data_loss 0.4213 ± 0.0021".
std::string choice_text(const selection::StudyReport& report, const Trial& trial);
/// A line for each training that runs: "trial 3, fold 2, 1/8 of the images: epoch 4 of 10".
std::string running_text(const selection::StudyReport& report);
/// "done 40 %, about 2:05 left".
std::string done_text(const selection::StudyReport& report);

/// {"study", "state", "begun", "changed", "ended", "processes", "done", "seconds_left", "running",
/// "best", "chosen"}.
nlohmann::ordered_json status_json(const selection::StudyReport& report);
/// The same, and everything else.
nlohmann::ordered_json report_json(const selection::StudyReport& report);

/// Prints the status of the study, or its JSON.
void print_status(Console& console, const selection::StudyReport& report);

}  // namespace ridgeline::cli
