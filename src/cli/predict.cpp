#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/numbers.hpp"
#include "cli/picture_file.hpp"
#include "cli/prediction_output.hpp"
#include "cli/predictor.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "experiment/keys.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

constexpr std::size_t most_drawn = 100;
constexpr auto redraw_interval = std::chrono::milliseconds(100);

PredictionKind kind_of(const Model& model) {
  const std::string& task = model.options().task;
  return task == "multi-label" ? PredictionKind::labels
         : task == "regress"   ? PredictionKind::values
                               : PredictionKind::classes;
}

std::vector<ImageResult> predict_all(Model& model, const Views& views,
                                     std::vector<PredictInput> inputs,
                                     const PredictOptions& options, Console& console) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  const std::size_t total = inputs.size();
  auto drawn = std::chrono::steady_clock::now();
  auto results = predict_images(model, views, std::move(inputs), options, [&](std::size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn > redraw_interval && done < total) {
      console.redraw(fmt::format("{} of {} images", count(static_cast<std::int64_t>(done)),
                                 count(static_cast<std::int64_t>(total))));
      drawn = now;
    }
    return !stop;
  });
  console.clear();
  return results;
}

/// Prints each error once. Returns whether there is any.
bool say_errors(std::span<const ImageResult> results, Console& console) {
  std::set<std::string> said;
  for (const ImageResult& result : results) {
    if (!result.error.empty() && said.insert(result.error).second) console.note(result.error);
  }
  return !said.empty();
}

/// Throws UsageError for key=value, which is meant for other commands.
void refuse_keys(std::span<const std::string> words) {
  for (const std::string& word : words) {
    const std::string key = word.substr(0, word.find('='));
    const bool known = key.starts_with("data.") ||
                       std::ranges::find(experiment::keys(), key, &experiment::Key::name) !=
                           experiment::keys().end();
    if (key.size() == word.size() || !known || std::filesystem::exists(word)) continue;
    const bool names_data = key == "data.path" || key == "data.source";
    throw UsageError(fmt::format(
        "{} has no effect on ridgeline predict: {}", key,
        names_data ? "name the images, their folder or their archive in its place"
                   : "images are prepared as the model file says, so that only images, folders and "
                     "archives are named"));
  }
}

int predict(const Arguments& arguments, Console& console) {
  const auto drawing = arguments.option("--draw");
  if (arguments.flag("--csv") && console.json()) {
    throw UsageError("--csv and --json are two forms of the same result: choose one");
  }
  if (drawing) check_picture_file("--draw", *drawing);
  const std::span<const std::string> words(arguments.positionals());
  refuse_keys(words.subspan(1));
  const PredictOptions options{.top = number_of<int>(arguments, "--top", 5, 1),
                               .keep_shown = drawing ? most_drawn : 0};
  Model model = Model::load(model_file(arguments.positionals().front()));
  const Views views(model.options(), arguments.option("--tta"));
  const auto results =
      predict_all(model, views, predict_inputs(words.subspan(1), std::cin), options, console);
  const PredictionKind kind = kind_of(model);
  if (drawing) write_picture(*drawing, predictions_drawing(results, kind));
  if (console.json()) {
    Console::result(predictions_json(results, kind));
  } else if (arguments.flag("--csv")) {
    const std::string text = predictions_csv(results, kind);
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    console.write(predictions_table(results, kind, console.page()));
  }
  const bool failed = say_errors(results, console);
  return static_cast<int>(failed ? ExitCode::data : ExitCode::done);
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .summary = "labels or values of images",
      .positionals = {{"MODEL", "a model file, or the folder of a run or study"},
                      {"IMAGE",
                       "files, folders and zip or tar archives (all images in them), patterns in "
                       "quotes; - for an image or a list of files from standard input",
                       true, true}},
      .options = {{"--top", "N", "labels for each image; 5 if absent"},
                  {"--csv", "", "a line for each label, for programs"},
                  {"--draw", "FILE", "a PNG or JPEG file of the images with their predictions"},
                  {"--tta", "VIEWS",
                   "average over views: flip (and the mirror image), 5 crops, or 10 (both)"}},
      .details =
          "Images are resized to the model's size as in its training. If all training images had "
          "one\nsize, others are resized to it (bilinear, antialiased, without keeping the aspect "
          "ratio).\nGrey and RGB are converted into each other. JPEG, PNG, WebP, TIFF, BMP and PNM "
          "are read.\nIf an image cannot be read, it is named, the others are predicted, and the "
          "exit code is 3.\n"
          "docs/predict.md has the details.\n\n"
          "Examples:\n"
          "  ridgeline predict runs/fashion-mnist-article-cnn-20250101-120000 shirt.png\n"
          "  ridgeline predict model.safetensors --top 1 --json photos/*.jpg\n"
          "  ridgeline predict model.safetensors photos --csv --tta flip\n"
          "  find photos -newer last | ridgeline predict model.safetensors - --draw new.png\n",
      .run = predict,
  };
}

}  // namespace ridgeline::cli
