#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "data/image_file.hpp"
#include "image/fit.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using Files = std::span<const std::string>;
using Predictions = std::vector<std::vector<Prediction>>;

constexpr std::size_t images_at_once = 128;

Predictions predict_files(Model& model, Files files, int top) {
  Predictions all;
  for (std::size_t first = 0; first < files.size(); first += images_at_once) {
    std::vector<float> pixels;
    for (const std::string& file :
         files.subspan(first, std::min(images_at_once, files.size() - first))) {
      const auto image = image::fit_image(data::read_image(file), model.options().input);
      pixels.insert(pixels.end(), image.begin(), image.end());
    }
    auto some = model.top(model.predict(std::span<const float>(pixels)), top);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

nlohmann::ordered_json to_json(Files files, const Predictions& predictions) {
  auto images = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto labels = nlohmann::ordered_json::array();
    for (const Prediction& one : predictions[i]) {
      labels.push_back({{"label", one.name}, {"probability", one.probability}});
    }
    images.push_back({{"image", files[i]}, {"predictions", labels}});
  }
  return images;
}

std::string to_table(Files files, const Predictions& predictions, const Page& page) {
  std::vector<std::vector<std::string>> rows{{"image", "label", "probability"}};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const Prediction& one : predictions[i]) {
      const bool first = &one == &predictions[i].front();
      rows.push_back({first ? files[i] : "", one.name, number(one.probability)});
    }
  }
  return table(rows, page);
}

int predict(const Arguments& arguments, Console& console) {
  const Files files = Files(arguments.positionals()).subspan(1);
  const int top = number_of<int>(arguments, "--top", 5, 1);
  Model model = Model::load(model_file(arguments.positionals().front()));
  const Predictions predictions = predict_files(model, files, top);
  if (console.json()) {
    Console::result(to_json(files, predictions));
  } else {
    console.write(to_table(files, predictions, console.page()));
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .summary = "the most probable labels of image files",
      .positionals = {{"MODEL", "a model file, or the folder of a run or study"},
                      {"IMAGE", "image files: JPEG, PNG, WebP, TIFF, BMP, PNM", true, true}},
      .options = {{"--top", "N", "labels for each image; 5 if absent"}},
      .details =
          "Images of another size are resized to the model's input (bilinear, antialiased, the\n"
          "aspect ratio not kept); grey and RGB are converted into each other. docs/images.md "
          "says\n"
          "what is read of each format.\n\n"
          "Examples:\n"
          "  ridgeline predict runs/fashion-mnist-article-cnn-20250101-120000 shirt.png\n"
          "  ridgeline predict model.safetensors --top 1 --json photos/*.jpg\n",
      .run = predict,
  };
}

}  // namespace ridgeline::cli
