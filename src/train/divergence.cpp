#include "train/divergence.hpp"

#include "interop/json.hpp"
#include "interop/safetensors.hpp"
#include "train/model_file.hpp"

namespace ridgeline::train {

void save_diverged(const ModelCore& core, const std::filesystem::path& file,
                   const Divergence& divergence) {
  save_model(
      core, file,
      {{"diverged", interop::to_json(Attributes{{"sentence", divergence.sentence},
                                                {"learning_rate", divergence.learning_rate}})}});
}

std::optional<Divergence> read_divergence(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const Attributes stored =
      interop::attributes_from_json(interop::Safetensors::read(file).metadata("diverged"));
  return Divergence{stored.text("sentence", ""), stored.real("learning_rate", 0)};
}

}  // namespace ridgeline::train
