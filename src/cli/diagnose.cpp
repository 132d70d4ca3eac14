#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "cli/verdicts.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/model.hpp"
#include "train/statistics.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using std::filesystem::path;

/// The model of the run: of RUN itself, or of the final training of the study RUN. A diverged run
/// may have only diverged.safetensors.
path run_model(const path& named) {
  if (!std::filesystem::is_directory(named)) {
    throw UsageError(
        fmt::format("{} is not a folder: name that of a run or study", named.string()));
  }
  for (const path& folder : {named, named / "refit"}) {
    if (std::filesystem::exists(folder / "diverged.safetensors")) {
      return folder / "diverged.safetensors";
    }
  }
  path file = model_file(named);
  const path folder = file.parent_path();
  if (!std::filesystem::exists(folder / "diagnosis.csv")) {
    throw DataError(
        fmt::format("{0} holds no diagnosis.csv, which `ridgeline train` writes beside "
                    "history.csv: train it again",
                    folder.string()));
  }
  return file;
}

/// The statistics of a layer in the last epoch: of its kernel, and of its outputs.
struct LayerRow {
  const std::string& name;
  const ParameterStatistics* kernel = nullptr;       ///< null if no kernel was trained
  const ActivationStatistics* activation = nullptr;  ///< null if it was not measured
  bool relu = false;                                 ///< whether its units can be dead
};

std::vector<LayerRow> layer_rows(const Model& model, const EpochStatistics& statistics) {
  std::vector<LayerRow> rows;
  const auto& nodes = model.network().nodes();
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    LayerRow row{.name = nodes[n].name, .relu = nodes[n].layer.spec().traits().rectifies};
    if (!statistics.activations.empty()) row.activation = &statistics.activations[n];
    for (std::size_t p = 0; p < statistics.parameters.size(); ++p) {
      const Parameter& parameter = model.layout().parameters[p];
      const ParameterStatistics& values = statistics.parameters[p];
      if (parameter.node != static_cast<int>(n) || parameter.spec.role != Role::kernel) continue;
      if (values.weight_norm > 0) row.kernel = &values;
    }
    rows.push_back(row);
  }
  return rows;
}

std::string layer_table(const std::vector<LayerRow>& layers, const Page& page) {
  std::vector<std::vector<std::string>> rows{{"layer", "gradient", "weights", "step / weights",
                                              "shrink", "penalty's share", "effective rate",
                                              "activation", "dead"}};
  const auto short_number = [](double value) {
    return std::isfinite(value) ? fmt::format("{:.3g}", value) : "not finite";
  };
  for (const LayerRow& layer : layers) {
    if (layer.kernel == nullptr && !layer.relu) continue;
    std::vector<std::string> row{layer.name};
    if (const ParameterStatistics* k = layer.kernel) {
      for (const double value : {k->gradient_norm, k->weight_norm, k->update_ratio, k->shrink}) {
        row.push_back(short_number(value));
      }
      const double share = 100 * k->penalty_share();
      row.push_back(short_number(share) + (std::isfinite(share) ? " %" : ""));
      row.push_back(short_number(k->effective_rate));
    } else {
      row.resize(7);
    }
    row.push_back(layer.activation ? short_number(layer.activation->rms) : "");
    row.push_back(layer.activation && layer.relu
                      ? fmt::format("{:.0f} %", 100 * layer.activation->dead)
                      : "");
    rows.push_back(row);
  }
  return table(rows, page);
}

ordered_json layers_json(const std::vector<LayerRow>& layers) {
  auto list = ordered_json::array();
  for (const LayerRow& layer : layers) {
    ordered_json json{{"layer", layer.name}};
    if (const ParameterStatistics* k = layer.kernel) {
      for (const auto& [name, field] : train::parameter_fields) json[name] = k->*field;
      json["penalty_share"] = k->penalty_share();
    }
    if (const ActivationStatistics* a = layer.activation) {
      json["activation_rms"] = a->rms;
      json["activation_mean"] = a->mean_absolute;
      if (layer.relu) json["dead_units"] = a->dead;
    }
    list.push_back(std::move(json));
  }
  return list;
}

int diagnose(const Arguments& arguments, Console& console) {
  const path file = run_model(arguments.positionals().front()), folder = file.parent_path();
  const Model model = Model::load_diverged(file);
  const History history = load_history(folder, model);
  if (history.epochs.empty() && !history.broken_off) {
    throw DataError(fmt::format("{} got through no epoch", folder.string()));
  }
  const Epoch& last = history.broken_off ? *history.broken_off : history.epochs.back();
  const auto layers = layer_rows(model, last.statistics);
  if (console.json()) {
    Console::result(ordered_json{
        {"run", folder.string()},
        {"epochs", history.epochs.size()},
        {"diverged", history.broken_off ? ordered_json(history.diverged) : ordered_json()},
        {"layers", layers_json(layers)},
        {"diagnosis", to_json(history.verdicts)}});
    return static_cast<int>(ExitCode::done);
  }
  if (history.broken_off) console.print("{}\n\n", history.diverged);
  console.print("{}, epoch {}: means over its {}\n\n{}\n{}", folder.string(), last.epoch,
                counted(last.statistics.steps, "step"), layer_table(layers, console.page()),
                verdicts_text(history.verdicts, console));
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command diagnose_command() {
  return {
      .name = "diagnose",
      .summary = "problems of a training, with evidence and advice",
      .positionals = {{"RUN", "the folder of a run or study"}},
      .details =
          "Reads the files of a training; it does not train or evaluate. For each layer with a "
          "kernel it\nshows, at the last epoch: the norms of the data's gradient and of the "
          "weights, the step divided\nby the weights, the share that the penalty takes off the "
          "weights in a step, the penalty's share\nin their movement, the effective learning rate "
          "(the step per unit of gradient divided by the\nsquare of the weights), the root mean "
          "square of the layer's values, and the share of dead units\nafter a ReLU. It only gives "
          "advice that was measured to help. RUN/diagnosis.csv has all epochs\nand parameters. "
          "docs/diagnosis.md explains the criteria and --json.\n\n"
          "Examples:\n"
          "  ridgeline diagnose runs/fashion-mnist-article-cnn-20250101-120000\n"
          "  ridgeline diagnose studies/cifar10-vgg-small-20250101-120000 --json\n",
      .run = diagnose,
  };
}

}  // namespace ridgeline::cli
