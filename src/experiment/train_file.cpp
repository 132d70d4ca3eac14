#include <fmt/format.h>

#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/rules.hpp"
#include "experiment/selection.hpp"
#include "experiment/train.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/experiment.hpp"

namespace ridgeline {

using namespace experiment;

namespace {

// A record has the absolute path of the folder.
Images images_of(Experiment& experiment) {
  DataSection& data = experiment.data;
  data.path = std::filesystem::absolute(locate(data.source, data.path)).string();
  Images images = load_images(experiment);
  settle(experiment, images);
  return images;
}

void refuse_taken(const std::filesystem::path& folder) {
  if (!holds_run(folder)) return;
  throw UsageError(
      fmt::format("{} holds a run already: name another folder with train.run=..., or remove it",
                  folder.string()));
}

}  // namespace

FileTraining train_file(const std::filesystem::path& file,
                        const std::vector<std::string>& overrides, const Callbacks& callbacks,
                        const std::atomic<bool>* stop) {
  Experiment experiment = read(file, overrides, Command::train);
  refuse_taken(experiment.train.run);
  const Images images = images_of(experiment);
  Model model(build_network(experiment, images.train.schema()),
              model_options(experiment, images.train));
  check_rules(experiment, model.options().regularize, model.layout().parameters, {});
  take_resolved(experiment, model);
  FitOptions options = fit_options(experiment, images);
  options.callbacks = callbacks;
  options.stop = stop;
  History history = train(model, images.train, options, experiment, refuse_taken);
  std::optional<Metrics> test;
  if (!history.interrupted && images.test.has_targets()) {
    test = model.evaluate(
        images.test, {.metrics = experiment.train.metrics, .on_error = experiment.data.on_error});
  }
  return {std::move(model), std::move(history), std::move(test), experiment.train.run};
}

Selection select_file(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                      const std::atomic<bool>* stop) {
  static const std::atomic<bool> never = false;
  Experiment experiment = read(file, overrides, Command::select);
  const Images images = images_of(experiment);
  const interop::NewFolder folder = new_folder(experiment.select.study);
  experiment.select.study = folder.path().string();
  return select(experiment, images, {}, stop ? *stop : never);
}

std::string experiment_keys() {
  const Experiment defaults;
  std::string text = "Keys of the experiment file, and of key=value, with their defaults:\n";
  std::string_view section;
  for (const Key& key : keys()) {
    if (key.section() != section) text += "\n";
    section = key.section();
    text +=
        fmt::format("  {} = {}\n      {}\n", key.name, to_toml(key.write(defaults)), key.meaning);
  }
  return text;
}

}  // namespace ridgeline
