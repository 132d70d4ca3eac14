#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "cli/study_text.hpp"
#include "cli/table.hpp"
#include "ridgeline/error.hpp"
#include "select/assignment.hpp"
#include "select/study_file.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using selection::StudyReport;
using std::filesystem::path;

constexpr const char* usual_folder = "studies";

/// The studies in and below a folder, in the order of their names. A study's own runs are not
/// searched.
std::vector<path> studies_below(const path& root) {
  namespace fs = std::filesystem;
  std::vector<path> found;
  if (fs::exists(root / selection::study_file_name)) found.push_back(root);
  std::error_code error;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (!entry->is_directory(unknown) || entry->is_symlink(unknown)) continue;
    const path& folder = entry->path();
    const bool runs = folder.filename() == "trials" || folder.filename() == "refit";
    if (runs && fs::exists(folder.parent_path() / selection::study_file_name)) {
      entry.disable_recursion_pending();
    } else if (fs::exists(folder / selection::study_file_name)) {
      found.push_back(folder);
    }
  }
  if (error) {
    throw ResourceError(
        fmt::format("the folder {} cannot be searched: {}", root.string(), error.message()));
  }
  std::ranges::sort(found);
  return found;
}

/// A study, or the sentence that says why it cannot be read.
struct Listed {
  path folder;
  std::optional<StudyReport> report;
  std::string problem;
};

Listed listed(const path& folder) {
  try {
    return {folder, selection::report_of(folder), {}};
  } catch (const Error& error) {
    return {folder, {}, error.what()};
  }
}

ordered_json to_json(const Listed& study) {
  if (!study.report) {
    return {{"study", study.folder.string()}, {"state", "unreadable"}, {"problem", study.problem}};
  }
  const StudyReport& report = *study.report;
  ordered_json json{{"study", study.folder.string()},
                    {"state", report.state},
                    {"method", report.setting("select.method")},
                    {"metric", report.setting("select.metric")},
                    {"chosen", nullptr},
                    {"score", nullptr},
                    {"standard_error", nullptr},
                    {"trials", report.trials.size()},
                    {"begun", report.begun},
                    {"changed", report.changed}};
  if (report.chosen()) {
    json["chosen"] = parameters_json(report.chosen()->parameters, report.over);
    json["score"] = finite(report.chosen()->score);
    json["standard_error"] = finite(report.chosen()->standard_error);
  }
  return json;
}

void print(Console& console, const std::vector<Listed>& studies) {
  std::vector<std::vector<std::string>> rows{
      {"study", "state", "method", "chosen", "score", "changed"}};
  for (const auto& [folder, report, problem] : studies) {
    if (!report) {
      rows.push_back({folder.string(), "unreadable", "", "", "", ""});
      continue;
    }
    const Trial* chosen = report->chosen();
    rows.push_back({folder.string(), report->state, report->setting("select.method"),
                    chosen ? selection::text(chosen->parameters, report->over) : "-",
                    chosen ? score_text(*chosen) : "-", report->changed});
  }
  console.write(table(rows, console.page()));
  for (const Listed& study : studies) {
    if (!study.report) console.note(study.problem);
  }
}

int list(const Arguments& arguments, Console& console) {
  const bool given = !arguments.positionals().empty();
  const path root = given ? path(arguments.positionals().front()) : path(usual_folder);
  if (given && !std::filesystem::is_directory(root)) {
    throw UsageError(fmt::format("{} is not a folder: name one that holds studies", root.string()));
  }
  std::vector<Listed> studies;
  if (std::filesystem::is_directory(root)) {
    for (const path& folder : studies_below(root)) studies.push_back(listed(folder));
  }
  if (console.json()) {
    auto json = ordered_json::array();
    for (const Listed& study : studies) json.push_back(to_json(study));
    Console::result(json);
  } else if (studies.empty()) {
    console.print("There is no study in the folder {}.\n", root.string());
  } else {
    print(console, studies);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command study_list_command() {
  return {
      .name = "study list",
      .summary = "all studies below a folder: state, choice and score",
      .positionals = {{"FOLDER", "where to search; the folder studies if absent", false}},
      .details =
          "A study that cannot be read is listed too, and a sentence on standard error says "
          "why.\n\n"
          "Examples:\n"
          "  ridgeline study list\n"
          "  ridgeline study list . --json\n",
      .run = list,
  };
}

}  // namespace ridgeline::cli
