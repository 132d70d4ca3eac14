#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/evaluated_data.hpp"
#include "cli/results.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "data/matched.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using std::filesystem::path;

// The most classes and confusions that are printed in tables.
constexpr std::size_t most_classes = 100, most_confused = 20;

path record_of(const path& model) {
  return model.parent_path() / record_name;
}

/// The metrics of --metrics or, without it, of the run that `model` belongs to.
std::vector<std::string> find_metrics(const Arguments& arguments, const path& model) {
  std::vector<std::string> lines;
  if (const auto asked = arguments.option("--metrics")) {
    std::istringstream words(*asked);
    for (std::string word; words >> word;) lines.push_back(word);
  } else if (std::filesystem::exists(record_of(model))) {
    lines = experiment::read(record_of(model)).train.metrics;
  }
  return lines;
}

Dataset choose_split(const DataParts& parts, const std::string& split) {
  if (split != "train" && split != "val" && split != "test") {
    throw UsageError(fmt::format("--split must be train, val or test, not \"{}\"", split));
  }
  const Dataset& data = split == "train" ? parts.train
                        : split == "val" ? parts.validation
                                         : parts.test;
  if (data.empty()) throw DataError(fmt::format("this data has no {} split", split));
  return data;
}

std::string class_name(const std::vector<std::string>& names, std::size_t i) {
  return i < names.size() ? fmt::format("{} {}", i, names[i]) : std::to_string(i);
}

/// A row for each class or label, a column for each metric that has values for them.
std::string class_table(const Metrics& metrics, const std::vector<std::string>& names,
                        const Page& page) {
  std::vector<std::vector<std::string>> rows{{""}};
  for (std::size_t i = 0; i < metrics.per_class.front().values.size(); ++i) {
    rows.push_back({class_name(names, i)});
  }
  for (const Metrics::PerClass& metric : metrics.per_class) {
    if (metric.values.size() + 1 != rows.size()) continue;
    rows.front().push_back(metric.metric);
    for (std::size_t i = 0; i < metric.values.size(); ++i) {
      rows[i + 1].push_back(number(metric.values[i]));
    }
  }
  return table(rows, page);
}

std::string confusion_table(const Metrics& metrics, const std::vector<std::string>& names,
                            const Page& page) {
  std::vector<std::vector<std::string>> rows{{"truth \\ predicted"}};
  for (std::size_t i = 0; i < metrics.confusion.size(); ++i) {
    rows.front().push_back(std::to_string(i));
    auto& row = rows.emplace_back();
    row.push_back(class_name(names, i));
    for (const std::int64_t images : metrics.confusion[i]) {
      row.push_back(images ? count(images) : "·");
    }
  }
  return table(rows, page);
}

int evaluate(const Arguments& arguments, Console& console) {
  const std::vector<std::string> keys = data_keys(arguments);
  const path file = model_file(arguments.positionals().front());
  Model model = Model::load(file);
  const auto [parts, on_error] = evaluated_data(arguments.option("--data"), keys, file, console);
  const std::string usual = parts.test.has_targets()    ? "test"
                            : !parts.validation.empty() ? "val"
                                                        : "train";
  const std::string split = arguments.option("--split").value_or(usual);
  const Dataset data = data::with_names(prepared(choose_split(parts, split), model.options()),
                                        model.options().class_names);
  const auto note = [&](const std::string& sentence) { console.note(sentence); };
  const Metrics metrics = model.evaluate(
      data, {.metrics = find_metrics(arguments, file), .on_error = on_error, .on_note = note});
  if (console.json()) {
    auto json = to_json(metrics);
    json["data_loss_error"] = metrics.data_loss_error;
    for (const MetricValue& metric : metrics.values) {
      json[metric.name + "_error"] = finite(metric.standard_error);
    }
    json["classes"] = model.options().class_names;
    auto per_class = nlohmann::ordered_json::object();
    for (const auto& [metric, values] : metrics.per_class) {
      auto& list = per_class[metric] = nlohmann::ordered_json::array();
      for (const double value : values) list.push_back(finite(value));
    }
    json["per_class"] = per_class;
    json["confusion"] = metrics.confusion;
    Console::result(json);
    return static_cast<int>(ExitCode::done);
  }
  console.print("{} of the {} part\n\n", counted(metrics.images, "image"),
                split == "train" ? "training"
                : split == "val" ? "validation"
                                 : "test");
  std::vector<std::vector<std::string>> rows{
      {"data loss", with_error(metrics.data_loss, metrics.data_loss_error)},
      {"penalty", number(metrics.penalty)},
      {"objective", number(metrics.objective)}};
  const auto& names = model.options().class_names;
  for (const MetricValue& metric : metrics.values) {
    if (!says_something(metric.name, names.size())) continue;
    rows.push_back({metric.name, metric.standard_error > 0
                                     ? with_error(metric.value, metric.standard_error)
                                     : number(metric.value)});
  }
  console.write(table(rows, console.page()));
  // Only --json prints large tables.
  if (!metrics.per_class.empty() && metrics.per_class[0].values.size() <= most_classes) {
    console.print("\n{}", class_table(metrics, names, console.page()));
  }
  if (!metrics.confusion.empty() && metrics.confusion.size() <= most_confused) {
    console.print("\n{}", confusion_table(metrics, names, console.page()));
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command evaluate_command() {
  return {
      .name = "evaluate",
      .summary = "metrics of a model on a labelled set",
      .positionals = {{"MODEL", "a model file, or the folder of a run or study"},
                      {"key=value", "keys of [data], as for train: data.label_columns=breed", false,
                       true}},
      .options =
          {{"--data", "DATA",
            "a folder, archive, table or source such as cifar10; the run's own data if "
            "absent"},
           {"--path", "FOLDER", "where that source is; the usual places if absent"},
           {"--split", "SPLIT",
            "test, val or train; if absent, the first of these that the data has"},
           {"--metrics", "LIST",
            "metrics in addition to the usual ones, with blanks between them; those of the run if "
            "absent"}},
      .details =
          "Examples:\n"
          "  ridgeline evaluate runs/fashion-mnist-article-cnn-20250101-120000\n"
          "  ridgeline evaluate model.safetensors --data cifar10 --split train --json\n"
          "  ridgeline evaluate runs/pets --data new.csv data.path_column=file data.images=new\n"
          "  ridgeline evaluate model.safetensors --data cifar10 --metrics 'roc_auc top_k:3'\n"
          "\nImages are prepared as the model file says. Data without parts are one part, train.\n"
          "The number after ± is the standard error over the images. docs/metrics.md has all\n"
          "metrics.\n",
      .run = evaluate,
  };
}

}  // namespace ridgeline::cli
