#include "train/load_weights.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <fstream>
#include <set>

#include "interop/safetensors_types.hpp"
#include "ridgeline/error.hpp"
#include "train/divergence.hpp"
#include "train/hash.hpp"
#include "train/reference.hpp"
#include "train/weight_names.hpp"

namespace ridgeline::train {

namespace {

// PyTorch's files are zip archives, or pickles before version 1.6. The length in a safetensors file
// may be the same bytes, but a brace follows it.
void refuse_pickle(const std::filesystem::path& path) {
  std::error_code error;
  // Opening a pipe could wait forever; the reader refuses it.
  if (!std::filesystem::is_regular_file(path, error)) return;
  std::array<char, 9> begin{};
  std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
  const std::string_view magic(begin.data(), begin.size());
  if (magic.back() == '{' || (!magic.starts_with("PK\x03\x04") && magic[0] != '\x80')) return;
  throw DataError(fmt::format(
      "{}: is one of PyTorch's own files, which can hold code and are not read: convert it to "
      "safetensors with the two lines of Python in docs/fine_tuning.md",
      path.string()));
}

// Empty if a tensor fits the parameter by name, shape and type; else why none does.
std::string misfit(const Parameter& parameter, std::string_view name,
                   const interop::Safetensors& file) {
  const auto found = file.tensors().find(name);
  const std::string renamed = name == parameter.name ? "" : fmt::format(" ({})", name);
  if (found == file.tensors().end()) return parameter.name + " is not in the file";
  if (found->second.shape != parameter.spec.shape) {
    return fmt::format("{} is {} in the file{} and {} in the network", parameter.name,
                       found->second.shape.text(), renamed, parameter.spec.shape.text());
  }
  if (!interop::becomes_float(found->second.dtype)) {
    return fmt::format("{} is {} in the file{}, not F32, F16 or BF16", parameter.name,
                       found->second.dtype, renamed);
  }
  return {};
}

}  // namespace

interop::Safetensors read_weights(const std::filesystem::path& path) {
  refuse_pickle(path);
  return interop::Safetensors::read(path);
}

LoadedWeights match_weights(const interop::Safetensors& file,
                            std::span<const Parameter> parameters) {
  refuse_diverged(file);
  LoadedWeights weights;
  const auto named = weight_names(file, parameters);
  if (named) weights.naming = named->naming;
  std::set<std::string_view> known;
  for (const Parameter& parameter : parameters) {
    std::string name = parameter.name;
    if (named) {
      const auto theirs = named->names.find(parameter.name);
      if (theirs != named->names.end()) name = theirs->second;
    }
    if (std::string reason = misfit(parameter, name, file); !reason.empty()) {
      weights.left.push_back(std::move(reason));
    } else {
      file.require_finite(name);
      weights.taken.push_back(parameter.name);
      weights.tensors.push_back(name);
    }
    const auto found = file.tensors().find(name);
    if (found != file.tensors().end()) known.insert(found->first);
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (is_reference(name)) continue;  // only for the training that the file comes from
    if (named && is_batch_count(name)) continue;
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
  const auto file = read_weights(path);
  for (const auto& [name, tensor] : file.tensors()) {
    for (const char letter : name) hash.add(static_cast<std::uint64_t>(letter));
    for (const std::int64_t size : tensor.shape.dims()) hash.add(static_cast<std::uint64_t>(size));
    for (const std::byte byte : tensor.bytes) hash.add(std::to_integer<std::uint64_t>(byte));
  }
  return fmt::format("{:x}", hash.value());
}

LoadedWeights load_weights(const std::filesystem::path& path, ModelCore& core) {
  const auto file = read_weights(path);
  LoadedWeights weights = match_weights(file, core.layout().parameters);
  Hash hash;
  for (std::size_t i = 0; i < weights.taken.size(); ++i) {
    const std::size_t p = core.parameter(weights.taken[i]);
    const std::span<float> values = core.state.weights(p);
    file.copy(weights.tensors[i], values);
    hash.add(p);
    for (const float value : values) hash.add(std::bit_cast<std::uint32_t>(value));
  }
  core.weights_hash = hash.value();
  core.state.drop_reference();
  core.state.touch();
  return weights;
}

}  // namespace ridgeline::train
