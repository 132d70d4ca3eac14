#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"
#include "select/study_report.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using selection::Database;
using selection::Statement;
using std::filesystem::path;

/// A cell as RFC 4180 has it: in quotes if it holds a comma, a quote or the end of a line.
std::string csv_cell(const Statement& row, int column) {
  switch (row.type(column)) {
    case Statement::Type::null:
      return {};
    case Statement::Type::integer:
      return fmt::format("{}", row.integer(column));
    case Statement::Type::real:
      return fmt::format("{}", row.real(column));
    case Statement::Type::text:
      break;
  }
  const std::string text = row.text(column);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

Statement rows_of(Database& database, const std::string& view) {
  return database.prepare(fmt::format("SELECT * FROM \"{}\"", view));
}

std::string csv(Database& database, const std::string& view) {
  Statement row = rows_of(database, view);
  std::string text;
  const auto line = [&](auto cell) {
    for (int c = 0; c < row.columns(); ++c) text += (c > 0 ? "," : "") + cell(c);
    text += "\n";
  };
  line([&](int c) { return row.name(c); });
  while (row.next()) line([&](int c) { return csv_cell(row, c); });
  return text;
}

ordered_json json_cell(const Statement& row, int column) {
  switch (row.type(column)) {
    case Statement::Type::null:
      return nullptr;
    case Statement::Type::integer:
      return row.integer(column);
    case Statement::Type::real:
      return row.real(column);
    case Statement::Type::text:
      break;
  }
  // The values of a trial are JSON already.
  if (row.name(column) == "parameters") {
    ordered_json values = ordered_json::parse(row.text(column), nullptr, false);
    if (!values.is_discarded()) return values;
  }
  return row.text(column);
}

ordered_json json(Database& database, const std::string& view) {
  auto rows = ordered_json::array();
  Statement row = rows_of(database, view);
  while (row.next()) {
    auto& object = rows.emplace_back(ordered_json::object());
    for (int c = 0; c < row.columns(); ++c) object[row.name(c)] = json_cell(row, c);
  }
  return rows;
}

std::string view_of(const Arguments& arguments, const std::vector<std::string>& views) {
  const std::string view = arguments.option("--view").value_or("trials");
  if (std::ranges::count(views, view) > 0) return view;
  const std::vector<std::string_view> known(views.begin(), views.end());
  const std::string near = nearest(view, known);
  throw UsageError(fmt::format("a study has no view '{}': {}", view,
                               near.empty() ? fmt::format("it has {}", fmt::join(views, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

/// "csv" or "json".
std::string format_of(const Arguments& arguments, const Console& console) {
  const bool to_file = arguments.option("--output").has_value();
  const std::string format =
      arguments.option("--format").value_or(console.json() && !to_file ? "json" : "csv");
  if (format != "csv" && format != "json") {
    throw UsageError(fmt::format("--format must be csv or json, not \"{}\"", format));
  }
  if (console.json() && !to_file && format != "json") {
    throw UsageError("--json and --format csv both need standard output: add --output FILE");
  }
  return format;
}

int export_study(const Arguments& arguments, Console& console) {
  const std::string format = format_of(arguments, console);
  const path folder = selection::study_folder(arguments.positionals().front());
  Database database = selection::read_study(folder);
  database.run("BEGIN");  // one moment for all views
  const std::vector<std::string> views = selection::views_of(database);
  std::string text;
  if (format == "csv") {
    text = csv(database, view_of(arguments, views));
  } else {
    ordered_json document{{"study", folder.string()}};
    const bool one = arguments.option("--view").has_value();
    const std::vector<std::string> wanted = one ? std::vector{view_of(arguments, views)} : views;
    for (const std::string& view : wanted) document[view] = json(database, view);
    if (console.json() && !arguments.option("--output")) {
      Console::result(document);
      return static_cast<int>(ExitCode::done);
    }
    text = document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }
  if (const auto file = arguments.option("--output")) {
    write_file(*file, text);
    console.print("{}\n", *file);
    if (console.json()) {
      Console::result(ordered_json{{"study", folder.string()}, {"output", *file}});
    }
  } else {
    Console::data(text);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command study_export_command() {
  return {
      .name = "study export",
      .summary = "a study's tables, as CSV or JSON",
      .positionals = {{"STUDY", "the folder of a study"}},
      .options = {{"--format", "FORM", "csv (the default): one view; json: all views, or one"},
                  {"--view", "NAME",
                   "trials (the default), parameters, decisions, folds, epochs, metrics, refits, "
                   "refit_metrics, settings, running, summary"},
                  {"--output", "FILE", "standard output if absent"}},
      .details =
          "docs/study.md describes the views and their columns. An empty cell of a CSV file is "
          "null. Numbers have all their digits. JSON is an object with an array of rows for each "
          "view.\n\n"
          "Examples:\n"
          "  ridgeline study export studies/cifar10-20250101-120000 > trials.csv\n"
          "  ridgeline study export studies/cifar10-20250101-120000 --view epochs\n"
          "  ridgeline study export studies/cifar10-20250101-120000 --format json \\\n"
          "      --output study.json\n",
      .run = export_study,
  };
}

}  // namespace ridgeline::cli
