#include "train/weight_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>
#include <utility>
#include <vector>

#include "interop/safetensors_types.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::train {
namespace {

using Tensors = std::map<std::string, interop::StoredTensor, std::less<>>;

struct Naming {
  std::string_view name;
  std::array<std::string_view, 2> tensors;  // that only this naming has
};
constexpr std::array namings = {
    Naming{"torchvision's ResNet names", {"conv1.weight", "layer1.0.conv1.weight"}},
    Naming{"torchvision's MobileNetV2 names",
           {"features.0.0.weight", "features.1.conv.0.0.weight"}},
    Naming{"timm's MobileNetV2 names", {"conv_stem.weight", "blocks.0.0.conv_dw.weight"}},
    Naming{"torchvision's VGG names", {"features.0.weight", "classifier.0.weight"}}};
// Prefixes of names from wrappers, such as training on several devices.
constexpr std::array<std::string_view, 3> prefixes = {"", "module.", "model."};

enum Kind : std::size_t { convolution, normalisation, dense };
constexpr std::array<std::string_view, 3> kinds = {"convolutions", "normalisations",
                                                   "dense layers"};
// Layers of each kind, in the order in which the network applies them.
using Layers = std::array<std::vector<std::string>, 3>;

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    parts.emplace_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// Numbers are sorted by size. For other parts of ResNet, MobileNetV2 and VGG names, the order of
// the alphabet is the order of the network: conv1, layer1, ...; conv2, downsample.
std::pair<long, std::string> rank(const std::string& part) {
  long number = -1;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  const bool whole = error == std::errc() && end == part.data() + part.size();
  return {whole ? number : -1, whole ? std::string() : part};
}

// timm's MobileNetV2 has a stem and a head on the top level, and in all blocks except the first,
// pointwise convolutions before the depthwise one.
std::string timm_rank(const std::string& part, bool top, bool expands) {
  static const std::map<std::string, std::string> of_top = {
      {"conv_stem", "a"}, {"bn1", "a"}, {"blocks", "b"}, {"conv_head", "c"}, {"bn2", "c"}};
  const std::map<std::string, std::string> of_block = {
      {"conv_pw", expands ? "conv_a" : "conv_c"}, {"conv_dw", "conv_b"}, {"conv_pwl", "conv_d"}};
  const auto& table = top ? of_top : of_block;
  const auto found = table.find(part);
  return found == table.end() ? part : found->second;
}

using Order = std::vector<std::pair<long, std::string>>;

Order order_of(const std::string& layer, const Tensors& tensors, const std::string& prefix,
               bool timm) {
  std::vector<std::string> parts = parts_of(layer);
  const bool in_block = timm && parts.size() > 1;
  const std::string block = layer.substr(0, layer.rfind('.'));
  const bool expands = in_block && tensors.contains(prefix + block + ".conv_pwl.weight");
  Order order;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    order.push_back(rank(timm ? timm_rank(parts[i], i == 0, expands) : parts[i]));
  }
  return order;
}

// The layers of the file, with the prefix.
Layers layers_of(const Tensors& tensors, const std::string& prefix, bool timm) {
  std::array<std::vector<std::pair<Order, std::string>>, 3> found;
  constexpr std::string_view weight = ".weight";
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with(prefix) || !name.ends_with(weight)) continue;
    const std::string layer = name.substr(0, name.size() - weight.size());
    const bool normalises = tensors.contains(layer + ".running_mean");
    const std::size_t dims = tensor.shape.rank();
    if (!normalises && dims != 4 && dims != 2) continue;
    const Kind kind = normalises ? normalisation : dims == 4 ? convolution : dense;
    found[kind].emplace_back(order_of(layer.substr(prefix.size()), tensors, prefix, timm), layer);
  }
  Layers layers;
  for (const Kind kind : {convolution, normalisation, dense}) {
    std::ranges::sort(found[kind]);
    for (auto& [order, layer] : found[kind]) layers[kind].push_back(std::move(layer));
  }
  return layers;
}

Layers layers_of(std::span<const Parameter> parameters) {
  Layers layers;
  for (const Parameter& parameter : parameters) {
    const std::string layer = parameter.name.substr(0, parameter.name.rfind('.'));
    if (parameter.spec.name == "gamma") layers[normalisation].push_back(layer);
    if (parameter.spec.name != "kernel") continue;
    layers[parameter.spec.shape.rank() == 4 ? convolution : dense].push_back(layer);
  }
  return layers;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> endings = {
    std::pair{".kernel", ".weight"},
    {".bias", ".bias"},
    {".gamma", ".weight"},
    {".beta", ".bias"},
    {".moving_mean", ".running_mean"},
    {".moving_variance", ".running_var"}};

void check_counts(const std::string& file, std::string_view naming, const Layers& theirs,
                  const Layers& ours) {
  for (const Kind kind : {convolution, normalisation, dense}) {
    if (theirs[kind].size() == ours[kind].size()) continue;
    throw DataError(
        fmt::format("{}: has {}, with {} {}, and the network has {}: set model.preset to the "
                    "network that the file was made for",
                    file, naming, theirs[kind].size(), kinds[kind], ours[kind].size()));
  }
}

void check_tensors(const interop::Safetensors& file, const WeightNames& found,
                   std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    const auto name = found.names.find(parameter.name);
    if (name == found.names.end()) continue;
    const interop::StoredTensor& tensor = file.tensors().find(name->second)->second;
    if (!interop::becomes_float(tensor.dtype)) {
      throw DataError(
          fmt::format("{}: {} is {}, and weights must be F32, F16 or BF16: convert the file with "
                      "tensor.float() in Python",
                      file.name(), name->second, tensor.dtype));
    }
    if (tensor.shape == parameter.spec.shape || parameter.name.starts_with(found.head + ".")) {
      continue;
    }
    throw DataError(fmt::format(
        "{}: {} is {}, and {} of the network, to which it belongs, is {}: {}", file.name(),
        name->second, tensor.shape.text(), parameter.name, parameter.spec.shape.text(),
        "only the last dense layer may have another shape"));
  }
}

}  // namespace

std::optional<WeightNames> weight_names(const interop::Safetensors& file,
                                        std::span<const Parameter> parameters) {
  const Tensors& tensors = file.tensors();
  for (const Naming& naming : namings) {
    for (const std::string_view prefix : prefixes) {
      const auto there = [&](std::string_view name) {
        return tensors.contains(std::string(prefix).append(name));
      };
      if (!std::ranges::all_of(naming.tensors, there)) continue;
      WeightNames found{.naming = std::string(naming.name), .names = {}, .head = {}};
      const Layers theirs =
          layers_of(tensors, std::string(prefix), naming.name.starts_with("timm"));
      const Layers ours = layers_of(parameters);
      check_counts(file.name(), naming.name, theirs, ours);
      std::map<std::string, std::string> partners;
      for (const Kind kind : {convolution, normalisation, dense}) {
        for (std::size_t i = 0; i < ours[kind].size(); ++i) {
          partners[ours[kind][i]] = theirs[kind][i];
        }
      }
      if (!ours[dense].empty()) found.head = ours[dense].back();
      for (const Parameter& parameter : parameters) {
        const std::size_t dot = parameter.name.rfind('.');
        const std::string ending = parameter.name.substr(dot);
        const auto theirs_of =
            std::ranges::find(endings, ending, [](const auto& e) { return e.first; });
        const auto partner = partners.find(parameter.name.substr(0, dot));
        if (theirs_of == endings.end() || partner == partners.end()) continue;
        std::string name = partner->second + std::string(theirs_of->second);
        if (tensors.contains(name)) found.names[parameter.name] = std::move(name);
      }
      check_tensors(file, found, parameters);
      return found;
    }
  }
  return std::nullopt;
}

bool is_batch_count(std::string_view tensor) {
  return tensor.ends_with(".num_batches_tracked");
}

}  // namespace ridgeline::train
