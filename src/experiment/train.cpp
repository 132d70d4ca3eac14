#include "experiment/train.hpp"

#include "experiment/cache_images.hpp"
#include "experiment/file.hpp"

namespace ridgeline::experiment {

bool holds_run(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "history.csv") ||
         std::filesystem::exists(folder / "checkpoint.safetensors");
}

void take_resolved(Experiment& experiment, const Model& model) {
  experiment.train.threads = model.options().threads;
  experiment.train.shards = model.options().shards;
  experiment.train.compute = model.options().compute;
}

History train(Model& model, const Dataset& train, FitOptions options, Experiment& experiment,
              const std::function<void(const std::filesystem::path&)>& refuse_taken) {
  const interop::NewFolder folder = new_folder(experiment.train.run);
  experiment.train.run = folder.path().string();
  options.run = folder.path();
  options.callbacks.on_begin = [&, before = options.callbacks.on_begin] {
    if (!options.resume) refuse_taken(options.run);
    save(experiment, options.run / record_name);
    if (before) before();
  };
  Dataset images = train;
  cache_images(experiment, {options.callbacks.on_note, options.stop}, images,
               options.validation_data);
  return model.fit(images, options);
}

}  // namespace ridgeline::experiment
