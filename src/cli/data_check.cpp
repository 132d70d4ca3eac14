#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.hpp"
#include "cli/data_scan.hpp"
#include "cli/data_words.hpp"
#include "cli/inspection_output.hpp"
#include "cli/table.hpp"
#include "data/inspection/exclude_lines.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::cli {
namespace {

/// The parts, and the path of each part's images.
struct CheckedData {
  std::vector<data::Part> parts;
  std::vector<std::filesystem::path> roots;
};

CheckedData open_all(const std::vector<std::string>& words, Console& console) {
  std::vector<std::string> names, overrides;
  for (const std::string& word : words) {
    const bool key = word.find('=') != std::string::npos && !std::filesystem::exists(word);
    (key ? overrides : names).push_back(word);
  }
  if (names.empty()) names.emplace_back();  // the keys name the data
  CheckedData checked;
  for (const std::string& name : names) {
    const bool model = name.ends_with(".safetensors") || std::filesystem::is_directory(name);
    if (model && names_model(name)) {
      throw UsageError(fmt::format("{} is a model, and this checks data", name));
    }
    const NamedData named = named_data(name, overrides);
    for (const std::string& note : named.images.notes) console.note(note);
    auto parts = parts_of(named.images, names.size() > 1 ? name + ": " : "");
    checked.roots.resize(checked.roots.size() + parts.size(), named.experiment.data.path);
    std::ranges::move(parts, std::back_inserter(checked.parts));
  }
  return checked;
}

nlohmann::ordered_json to_json(const data::Inspection& found,
                               const std::vector<data::LeaveOut>& list) {
  auto images = nlohmann::ordered_json::array();
  for (const data::LeaveOut& one : list) {
    const data::Part& part = found.parts[one.place.part];
    images.push_back({{"image", part.images.name(one.place.image)},
                      {"part", part.name},
                      {"remark", one.remark}});
  }
  const auto problems = data::unusable(found);
  return {{"images", found.images()},
          {"unreadable", found.unreadable()},
          {"copies", found.duplicates.exact.size()},
          {"leaks", found.leaks.size()},
          {"near_leaks", found.near_leaks.size()},
          {"conflicts", found.conflicts.size()},
          {"usable", problems.empty()},
          {"problems", problems},
          {"leave_out", images}};
}

std::string counts_text(const data::Inspection& found, std::size_t listed, const Page& page) {
  const auto number = [](std::size_t images) { return count(static_cast<std::int64_t>(images)); };
  return table({{"images", number(found.images())},
                {"unreadable", number(found.unreadable())},
                {"with copies", number(found.duplicates.exact.size())},
                {"in several parts", number(found.leaks.size())},
                {"with different labels", number(found.conflicts.size())},
                {"to leave out", number(listed)}},
               page);
}

std::string list_text(const data::Inspection& found, const std::vector<data::LeaveOut>& list) {
  std::string text;
  for (const data::LeaveOut& one : list) {
    text += fmt::format("{}: {}\n", found.parts[one.place.part].images.name(one.place.image),
                        one.remark);
  }
  return text;
}

int check(const Arguments& arguments, Console& console) {
  CheckedData checked = open_all(arguments.positionals(), console);
  const auto file = arguments.option("--list");
  // A file that cannot be written is refused before the images are read.
  std::optional<AtomicFile> list_file;
  if (file) list_file.emplace(*file);
  const data::Inspection found = inspect_parts(std::move(checked.parts), 0, console);
  const auto list = data::leave_out(found, arguments.flag("--near"));
  const data::ExcludeLines lines = data::exclude_lines(found, list, checked.roots);
  if (list_file) {
    list_file->write(lines.text);
    list_file->commit();
  }
  if (console.json()) {
    auto json = to_json(found, list);
    json["list"] = file ? nlohmann::ordered_json(*file) : nullptr;
    Console::result(json);
  } else {
    for (const std::string& sentence : loud_sentences(found)) console.print("{}\n\n", sentence);
    console.write(counts_text(found, list.size(), console.page()));
    if (file) {
      console.print("\n{} names them: data.exclude={} leaves them out\n", *file, *file);
    } else if (!list.empty()) {
      console.print("\nTo leave out (--list FILE writes a file for data.exclude):\n{}",
                    list_text(found, list));
    }
  }
  if (lines.without_name > 0) {
    console.note(fmt::format("{} of them have no names of their own and cannot be listed",
                             lines.without_name));
  }
  return static_cast<int>(data::unusable(found).empty() ? ExitCode::done : ExitCode::data);
}

}  // namespace

Command data_check_command() {
  return {
      .name = "data check",
      .summary = "find problems in data, and list images to leave out",
      .positionals = {{"DATA",
                       "sources, folders, archives, tables or experiment files, and key=value",
                       true, true}},
      .options = {{"--list", "FILE", "write the images to leave out to a file for data.exclude"},
                  {"--near", "",
                   "also list training images that look like a test or validation image"}},
      .details =
          "Lists images that cannot be read, all copies of an image with different labels, and "
          "all\nother copies except one. The copy in the test part is kept, then that in "
          "validation.\n"
          "Several DATA are compared with each other. The exit code is 3 if training on the data "
          "is\nimpossible. No file is deleted.\n\n"
          "Examples:\n"
          "  ridgeline data check photos --list bad.txt\n"
          "  ridgeline train data.source=folder data.path=photos data.exclude=bad.txt\n"
          "  ridgeline data check pets.csv data.split_column=part\n",
      .run = check,
  };
}

}  // namespace ridgeline::cli
