#pragma once
// The findings of an inspection of data, for people and for programs.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/printable.hpp"
#include "data/inspection/findings.hpp"

namespace ridgeline::cli {

struct InspectedData {
  std::string source, path;
  std::vector<std::string> notes;  ///< of the source, on what it left out
};

nlohmann::ordered_json inspection_json(const data::Inspection& found, const InspectedData& about);

/// The same as tables and sentences, the worst first. Long lists are cut.
std::string inspection_text(const data::Inspection& found, const InspectedData& about,
                            const Page& page);

/// Sentences on what is wrong, the worst first: leaks, why the data is unusable, conflicts.
std::vector<std::string> loud_sentences(const data::Inspection& found);

}  // namespace ridgeline::cli
