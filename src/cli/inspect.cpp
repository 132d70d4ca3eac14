#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/data_words.hpp"
#include "cli/inspect_data.hpp"
#include "cli/inspect_plan.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "interop/json.hpp"
#include "objective/match.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using std::filesystem::path;

std::vector<Penalty> penalties(const Model& model) {
  const Regularize& regularize = model.options().regularize;
  const auto& parameters = model.layout().parameters;
  std::vector<Penalty> all = resolve(regularize, parameters);
  for (std::size_t p = 0; p < all.size(); ++p) {
    const bool frozen = std::ranges::any_of(model.options().frozen, [&](const std::string& glob) {
      return objective::matches(glob, parameters[p]);
    });
    if (frozen) all[p] = {};
  }
  return all;
}

// The count of a parameter's numbers that are not finite, as in a diverged model.
std::int64_t not_finite(const Model& model, const std::string& parameter) {
  return std::ranges::count_if(model.weights(parameter),
                               [](float weight) { return !std::isfinite(weight); });
}

std::string not_finite_text(const Model& model) {
  std::string text;
  for (const Parameter& parameter : model.layout().parameters) {
    const std::int64_t bad = not_finite(model, parameter.name);
    if (bad == 0) continue;
    text += fmt::format("{}{} of {} in {}", text.empty() ? "numbers that are not finite: " : ", ",
                        count(bad), count(parameter.spec.shape.elements()), parameter.name);
  }
  return text.empty() ? text : text + "\n";
}

ordered_json model_json(const std::string& file, const Model& model) {
  const auto layers = [&] {
    auto list = ordered_json::array();
    for (std::size_t i = 0; i < model.network().nodes().size(); ++i) {
      const Node& node = model.network().nodes()[i];
      list.push_back({{"name", node.name},
                      {"kind", node.layer.spec().kind()},
                      {"output", model.layout().outputs[i].dims()}});
    }
    return list;
  }();
  auto parameters = ordered_json::array();
  const ordered_json zeros = zeros_json(model);
  for (std::size_t i = 0; const Penalty& penalty : penalties(model)) {
    const Parameter& parameter = model.layout().parameters[i++];
    auto& row = parameters.emplace_back(
        ordered_json{{"name", parameter.name}, {"shape", parameter.spec.shape.dims()}});
    for (const PenaltyKey& key : penalty_keys) row[key.name] = penalty.*key.strength;
    if (zeros.contains(parameter.name)) row["zeros"] = zeros[parameter.name];
    if (const auto bad = not_finite(model, parameter.name); bad > 0) row["not_finite"] = bad;
  }
  const Schedule& l2 = model.options().regularize.l2;
  return {{"model", file},
          {"input", model.options().input.dims()},
          {"classes", model.options().class_names},
          {"loss", model.options().loss->kind()},
          {"precision", name_of(model.options().compute.precision)},
          {"l2", {{"kind", l2.kind}, {"from", l2.value}, {"to", l2.at(1, 1)}}},
          {"regularize", ordered_json::parse(interop::to_json(model.options().regularize))},
          {"trainable", model.layout().trainable()},
          {"layers", layers},
          {"parameters", parameters}};
}

void inspect_model(const path& file, Console& console) {
  const Model model = Model::load_diverged(file);
  if (console.json()) return Console::result(model_json(file.string(), model));
  const ModelOptions& options = model.options();
  console.print("{}\n{}{}", model_table(model, console.page()), zeros_text(model),
                not_finite_text(model));
  console.print("input    {}\nloss     {}\n", options.input.text(), options.loss->kind());
  if (options.compute.precision != Precision::fp32) {
    console.print("computed in {}\n", name_of(options.compute.precision));
  }
  if (!options.class_names.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : options.class_names) {
      names.push_back(printable(name, console.page().utf8));
    }
    console.print("classes  {}\n", fmt::join(names, ", "));
  }
}

void refuse_without_plan(const Arguments& arguments) {
  for (const char* option : {"--batch", "--threads", "--data", "--path"}) {
    if (arguments.option(option)) throw UsageError(fmt::format("{} goes with --plan", option));
  }
  if (arguments.flag("--inference")) throw UsageError("--inference goes with --plan");
}

void refuse_with_model(const std::string& model, const Arguments& arguments) {
  for (const char* option : {"--quick", "--show"}) {
    if (arguments.option(option)) {
      throw UsageError(fmt::format("{} is for data, and {} is a model", option, model));
    }
  }
  if (arguments.positionals().size() > 1) {
    throw UsageError(
        fmt::format("'{}' is one argument too many: key=value is for data, and {} is "
                    "a model",
                    arguments.positionals()[1], model));
  }
}

int inspect(const Arguments& arguments, Console& console) {
  const std::string& what = arguments.positionals().front();
  if (arguments.flag("--plan")) {
    if (arguments.positionals().size() > 1) {
      throw UsageError(fmt::format("'{}' is one argument too many for 'ridgeline inspect --plan'",
                                   arguments.positionals()[1]));
    }
    inspect_plan(what, arguments, console);
    return static_cast<int>(ExitCode::done);
  }
  refuse_without_plan(arguments);
  if (!names_model(what)) return static_cast<int>(inspect_data(arguments, console));
  refuse_with_model(what, arguments);
  inspect_model(model_file(what), console);
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command inspect_command() {
  return {
      .name = "inspect",
      .summary = "a model's layers, parameters and penalties, or a data set's summary",
      .positionals = {{"MODEL | DATA",
                       "a model file or a run's folder; or a data source, a folder, an archive, a "
                       "table or an experiment file"},
                      {"key=value", "keys of the data: data.label_columns=name data.size=224",
                       false, true}},
      .options = {{"--quick", "N",
                   "look at N images of each part, evenly spaced, not at all of them"},
                  {"--show", "FILE",
                   "a PNG or JPEG file of up to 100 training images after data.augment"},
                  {"--plan", "", "the engine's steps; also for presets, *.toml"},
                  {"--batch", "N", "images in a step of the plan; 32 if absent"},
                  {"--threads", "N", "0: all cores, the default"},
                  {"--inference", "", "the plan for prediction, not for training"},
                  {"--data", "SOURCE", "images to run the plan on; CIFAR-10 if absent"},
                  {"--path", "FOLDER", "their folder, if not in the usual places"}},
      .details =
          "Examples:\n"
          "  ridgeline inspect runs/fashion-mnist-article-cnn-20250101-120000\n"
          "  ridgeline inspect cifar10\n"
          "  ridgeline inspect photos\n"
          "  ridgeline inspect photos data.size=224 data.augment=resized_crop --show sheet.png\n"
          "  ridgeline inspect pets.csv data.split_column=part --json\n"
          "  ridgeline inspect article-cnn --plan --threads 1\n\n"
          "Decodes all images of data and reports unreadable images, copies, images that look "
          "alike,\ntest images that are also in training, and classes of very different "
          "sizes.\nThe exit code is 3 if training on the data is impossible. docs/data.md has the "
          "details.\n\n"
          "For each step the plan shows what computes it, the arithmetic of the dense layer and "
          "how much\nof it is done, the bytes read and written, the time for one thread's images, "
          "and the share\nof that thread's measured peak. Presets and experiment files get new "
          "weights.\n",
      .run = inspect,
  };
}

}  // namespace ridgeline::cli
