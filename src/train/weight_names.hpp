#pragma once
// The names that parameters have in files of torchvision and timm. docs/fine_tuning.md states the
// rules.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "interop/safetensors.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline::train {

struct WeightNames {
  std::string naming;                        ///< "torchvision's ResNet names"
  std::map<std::string, std::string> names;  ///< names of tensors in the file, by our parameters
  std::string head;                          ///< the last dense layer, without ".kernel"
};

/// Tensors that only one naming has tell which it is. Convolutions, normalisations and dense layers
/// are then paired by kind, in the order in which the network applies them. Nothing if the file has
/// another naming. Throws DataError if file and network have different numbers of layers of a kind,
/// if a layer other than the head has another shape, and for tensors of other types than
/// F32, F16 and BF16.
std::optional<WeightNames> weight_names(const interop::Safetensors& file,
                                        std::span<const Parameter> parameters);

/// Whether a tensor of such a file is not a weight, but a batch normalisation's count of batches.
bool is_batch_count(std::string_view tensor);

}  // namespace ridgeline::train
