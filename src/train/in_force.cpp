#include "train/in_force.hpp"

#include <fmt/format.h>

#include "interop/json.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::train {
namespace {

constexpr const char* model_key = "in_force";

Regularize checked(const interop::Safetensors& file, const std::string& key, Regularize found,
                   const std::vector<Parameter>& parameters) {
  try {
    found.check();
    resolve(found, parameters);
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: {}: {}", file.name(), key, error.what()));
  }
  return found;
}

}  // namespace

Regularize read_penalties(const interop::Safetensors& file, const std::string& key,
                          const std::vector<Parameter>& parameters) {
  return checked(file, key, interop::regularize_from_json(file.metadata(key)), parameters);
}

Regularize read_in_force(const interop::Safetensors& file, Regularize regularize,
                         const std::vector<Parameter>& parameters) {
  const auto& metadata = file.metadata();
  if (metadata.contains("base")) {
    const Penalty numbers = interop::penalty_from_json(file.metadata("base"));
    for (const PenaltyKey& key : penalty_keys) regularize.*key.base = numbers.*key.strength;
  } else if (metadata.contains("base_l2")) {  // files from before other strengths than l2
    regularize.l2 = interop::schedule_from_json(file.metadata("base_l2"));
  } else {
    return read_penalties(file, model_key, parameters);
  }
  return checked(file, model_key, std::move(regularize), parameters);
}

}  // namespace ridgeline::train
