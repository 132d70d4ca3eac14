#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "experiment/build.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using std::filesystem::path;

/// The data of the run that `model` belongs to, unless the options name other data.
DataParts find_data(const Arguments& arguments, const path& model) {
  const path folder = arguments.option("--path").value_or("");
  if (const auto source = arguments.option("--data")) return load(*source, folder);
  const path record = model.parent_path() / "experiment.toml";
  if (!std::filesystem::exists(record)) {
    throw UsageError(fmt::format(
        "{} lies in no run's folder, which would name its data: say which with --data SOURCE",
        model.string()));
  }
  experiment::Experiment experiment = experiment::read(record);
  if (!folder.empty()) experiment.data.path = folder.string();
  // What the run left out, or chose its epochs by, may be asked for all the same.
  if (experiment.data.test == "none") experiment.data.test.clear();
  experiment.data.validation = 0.0;
  experiment.data.validation_given.value = true;
  const experiment::Images images = experiment::load_images(experiment);
  return TrainTest{images.train, images.test};
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

/// The images as the model was trained on them.
Dataset fitted(const Dataset& data, const ModelOptions& model) {
  if (data.preprocessing() || !model.preprocessing) return data;
  return data.image_shape() == model.input ? data : data.fitted(*model.preprocessing);
}

std::string confusion_table(const Metrics& metrics, const std::vector<std::string>& names,
                            const Page& page) {
  std::vector<std::vector<std::string>> rows{{"truth \\ predicted"}};
  for (std::size_t i = 0; i < metrics.confusion.size(); ++i) {
    rows.front().push_back(std::to_string(i));
    auto& row = rows.emplace_back();
    row.push_back(i < names.size() ? fmt::format("{} {}", i, names[i]) : std::to_string(i));
    for (const std::int64_t images : metrics.confusion[i]) {
      row.push_back(images ? count(images) : "·");
    }
  }
  return table(rows, page);
}

int evaluate(const Arguments& arguments, Console& console) {
  const path file = model_file(arguments.positionals().front());
  Model model = Model::load(file);
  const std::string split = arguments.option("--split").value_or("test");
  const Dataset data = fitted(choose_split(find_data(arguments, file), split), model.options());
  const Metrics metrics = model.evaluate(data);
  if (console.json()) {
    auto json = to_json(metrics);
    json["data_loss_error"] = metrics.data_loss_error;
    json["accuracy_error"] = metrics.accuracy_error;
    json["classes"] = model.options().class_names;
    json["confusion"] = metrics.confusion;
    Console::result(json);
    return static_cast<int>(ExitCode::done);
  }
  console.print("{} images\n\n", count(metrics.images));
  std::vector<std::vector<std::string>> rows{
      {"data loss", with_error(metrics.data_loss, metrics.data_loss_error)},
      {"penalty", number(metrics.penalty)},
      {"objective", number(metrics.objective)},
      {"accuracy", with_error(metrics.accuracy, metrics.accuracy_error)}};
  // Of five classes the answer is always among the first five.
  if (model.layout().output().elements() > 5) {
    rows.push_back({"top-5 accuracy", number(metrics.top5)});
  }
  console.write(table(rows, console.page()));
  // A wide table is for programs: --json has it whatever the number of classes.
  if (!metrics.confusion.empty() && metrics.confusion.size() <= 20) {
    console.print("\n{}", confusion_table(metrics, model.options().class_names, console.page()));
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command evaluate_command() {
  return {
      .name = "evaluate",
      .summary = "metrics of a model on a labelled set",
      .positionals = {{"MODEL", "a model file, or the folder of a run or study"}},
      .options = {{"--data", "SOURCE", "cifar10, fashion-mnist, ...; the run's own data if absent"},
                  {"--path", "FOLDER", "where that data lies; the usual places if absent"},
                  {"--split", "SPLIT", "test (the default), val or train"}},
      .details =
          "Examples:\n"
          "  ridgeline evaluate runs/fashion-mnist-article-cnn-20250101-120000\n"
          "  ridgeline evaluate model.safetensors --data cifar10 --split train --json\n"
          "\nThe number behind ± is the standard error over the images.\n",
      .run = evaluate,
  };
}

}  // namespace ridgeline::cli
