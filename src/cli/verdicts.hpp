#pragma once
// Verdicts on a training, for people and programs.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "ridgeline/diagnosis.hpp"

namespace ridgeline::cli {

/// A list of {"kind", "severity", "layers", "sentence", "evidence": [{"name", "value"}], "advice"}.
nlohmann::ordered_json to_json(const std::vector<Verdict>& verdicts);

/// Each with its evidence and its advice, if it has one. Without verdicts: a sentence that says so.
std::string verdicts_text(const std::vector<Verdict>& verdicts, const Console& console);

}  // namespace ridgeline::cli
