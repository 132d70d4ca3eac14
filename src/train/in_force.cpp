#include "train/in_force.hpp"

#include "interop/json.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::train {

Regularize read_in_force(const interop::Safetensors& file, const std::string& prefix,
                         Regularize regularize) {
  const std::string now = prefix + "in_force", base = prefix + "base";
  if (file.metadata().contains(now)) return interop::regularize_from_json(file.metadata(now));
  if (!file.metadata().contains(base)) {  // of before there was more than l2
    regularize.l2 = interop::schedule_from_json(file.metadata("base_l2"));
    return regularize;
  }
  const Penalty numbers = interop::penalty_from_json(file.metadata(base));
  for (const PenaltyKey& key : penalty_keys) regularize.*key.base = numbers.*key.strength;
  return regularize;
}

}  // namespace ridgeline::train
