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

/// Each with its evidence and, where it has an advice, what helps; a sentence where there are none.
std::string verdicts_text(const std::vector<Verdict>& verdicts, const Console& console);

}  // namespace ridgeline::cli
