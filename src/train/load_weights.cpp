#include "train/load_weights.hpp"

#include <fmt/format.h>

#include <bit>
#include <set>

#include "ridgeline/error.hpp"
#include "train/divergence.hpp"
#include "train/hash.hpp"
#include "train/reference.hpp"

namespace ridgeline::train {

LoadedWeights match_weights(const interop::Safetensors& file,
                            std::span<const Parameter> parameters) {
  refuse_diverged(file);
  LoadedWeights weights;
  std::set<std::string_view> known;
  for (const auto& [name, node, spec] : parameters) {
    known.insert(name);
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end()) {
      weights.left.push_back(name + " is not in the file");
    } else if (found->second.shape != spec.shape) {
      weights.left.push_back(fmt::format("{} is {} in the file and {} in the network", name,
                                         found->second.shape.text(), spec.shape.text()));
    } else if (found->second.dtype != "F32") {
      weights.left.push_back(
          fmt::format("{} is {} in the file, not F32", name, found->second.dtype));
    } else {
      file.require_finite(name);
      weights.taken.push_back(name);
    }
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (is_reference(name)) continue;  // of the training that the file comes from
    if (!known.contains(name)) weights.left.push_back(name + " is not in the network");
  }
  if (!weights.taken.empty()) return weights;
  const std::string wanted = parameters.empty()
                                 ? "has none"
                                 : fmt::format("has {} of {} and the like", parameters.front().name,
                                               parameters.front().spec.shape.text());
  throw DataError(fmt::format(
      "{}: none of its {} tensors has the name and shape of a parameter of the network, which {}",
      file.name(), file.tensors().size(), wanted));
}

std::string describe_weights(const std::filesystem::path& path) {
  Hash hash;
  const auto file = interop::Safetensors::read(path);
  for (const auto& [name, tensor] : file.tensors()) {
    for (const char letter : name) hash.add(static_cast<std::uint64_t>(letter));
    for (const std::int64_t size : tensor.shape.dims()) hash.add(static_cast<std::uint64_t>(size));
    for (const std::byte byte : tensor.bytes) hash.add(std::to_integer<std::uint64_t>(byte));
  }
  return fmt::format("{:x}", hash.value());
}

LoadedWeights load_weights(const std::filesystem::path& path, ModelCore& core) {
  const auto file = interop::Safetensors::read(path);
  LoadedWeights weights = match_weights(file, core.layout().parameters);
  Hash hash;
  for (const std::string& name : weights.taken) {
    const std::size_t p = core.parameter(name);
    const std::span<float> values = core.state.weights(p);
    file.copy(name, values);
    hash.add(p);
    for (const float value : values) hash.add(std::bit_cast<std::uint32_t>(value));
  }
  core.weights_hash = hash.value();
  core.state.drop_reference();
  core.state.touch();
  return weights;
}

}  // namespace ridgeline::train
