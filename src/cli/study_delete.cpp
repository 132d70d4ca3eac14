#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "data/cache/amount.hpp"
#include "ridgeline/error.hpp"
#include "select/study_file.hpp"
#include "select/study_removal.hpp"
#include "select/study_report.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using selection::StudyFiles;
using std::filesystem::path;

/// The folder of the study. Its version does not matter.
path studied(const std::string& named) {
  const path folder = selection::study_folder(named);
  const path file = folder / selection::study_file_name;
  if (selection::is_study(file)) return folder;
  throw DataError(fmt::format(
      "{}: is broken, or not a study of this program: remove the folder yourself", file.string()));
}

bool agrees(Console& console, const path& folder, const StudyFiles& files) {
  if (isatty(STDIN_FILENO) == 0) {
    throw UsageError(fmt::format(
        "there is no terminal to ask whether {} should be deleted: add --yes", folder.string()));
  }
  console.print("Delete the study {} with all its runs: {}, {}? [y/N] ", folder.string(),
                counted(static_cast<std::int64_t>(files.made.size()), "file"),
                data::amount(files.bytes));
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

int remove(const Arguments& arguments, Console& console) {
  const path folder = studied(arguments.positionals().front());
  const bool agreed =
      arguments.flag("--yes") || agrees(console, folder, selection::files_of_study(folder));
  StudyFiles files;
  if (agreed) {
    files = selection::remove_study(folder);
    console.print("Deleted {}: {}, {}\n", folder.string(),
                  counted(static_cast<std::int64_t>(files.made.size()), "file"),
                  data::amount(files.bytes));
  } else {
    console.print("Nothing was deleted.\n");
  }
  auto left = ordered_json::array();
  for (const path& file : files.others) {
    console.print("{} stays: it is not a file of the study\n", file.string());
    left.push_back(file.string());
  }
  if (console.json()) {
    Console::result(ordered_json{{"study", folder.string()},
                                 {"deleted", agreed},
                                 {"files", files.made.size()},
                                 {"bytes", files.bytes},
                                 {"left", left}});
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command study_delete_command() {
  return {
      .name = "study delete",
      .summary = "removes a study and its runs",
      .positionals = {{"STUDY", "the folder of a study"}},
      .options = {{"--yes", "", "do not ask"}},
      .details =
          "Removes what the program made: study.sqlite, the record, the runs in trials and refit. "
          "Other files in the folder stay, and are listed. A study on which a process works is "
          "refused with code 5.\n\n"
          "Examples:\n"
          "  ridgeline study delete studies/cifar10-20250101-120000\n",
      .run = remove,
  };
}

}  // namespace ridgeline::cli
