#include "train/divergence.hpp"

#include <fmt/format.h>

#include "interop/json.hpp"
#include "ridgeline/error.hpp"
#include "train/model_file.hpp"

namespace ridgeline::train {

void save_diverged(const ModelCore& core, const std::filesystem::path& file,
                   const Divergence& divergence) {
  Attributes said{{"sentence", divergence.sentence}, {"learning_rate", divergence.learning_rate}};
  if (const auto& overshoot = divergence.overshoot) {
    said.set("penalty", overshoot->key);
    said.set("share", overshoot->share);
    said.set("layer", overshoot->layer);
  }
  save_model(core, file, {{"diverged", interop::to_json(said)}});
}

bool is_diverged(const interop::Safetensors& file) {
  return file.metadata().contains("diverged");
}

void refuse_diverged(const interop::Safetensors& file) {
  if (!is_diverged(file)) return;
  throw DataError(fmt::format(
      "{}: these are the weights with which a training diverged, kept for `ridgeline diagnose` and "
      "`ridgeline inspect` only: take the run's model.safetensors",
      file.name()));
}

std::optional<Divergence> read_divergence(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const auto stored = interop::Safetensors::read(file);
  const std::string& text = stored.metadata("diverged");
  try {
    const Attributes said = interop::attributes_from_json(text);
    Divergence divergence{said.text("sentence", ""), said.real("learning_rate", 0), {}};
    if (const std::string key = said.text("penalty", ""); !key.empty()) {
      divergence.overshoot = {key, said.real("share", 0), said.text("layer", "")};
    }
    return divergence;
  } catch (const Error& error) {
    throw DataError(fmt::format("{}: diverged: {}", file.string(), error.what()));
  }
}

}  // namespace ridgeline::train
