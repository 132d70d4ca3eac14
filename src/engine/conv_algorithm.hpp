#pragma once
// The algorithms that compute a convolution, alone or together with the max-pool after it.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::engine {

enum class ConvAlgorithm {
  onednn,    ///< oneDNN; a pool after it is a step of its own
  direct,    ///< our kernel for a convolution and the max-pool after it
  winograd,  ///< our kernel for Winograd's minimal filtering, alone or with a max-pool after it
};

constexpr std::array<std::pair<ConvAlgorithm, std::string_view>, 3> algorithm_names{
    {{ConvAlgorithm::onednn, "onednn"},
     {ConvAlgorithm::direct, "direct"},
     {ConvAlgorithm::winograd, "winograd"}}};

inline std::string_view name_of(ConvAlgorithm algorithm) {
  return algorithm_names[static_cast<std::size_t>(algorithm)].second;
}
inline std::optional<ConvAlgorithm> algorithm_named(std::string_view name) {
  for (const auto& [algorithm, known] : algorithm_names) {
    if (known == name) return algorithm;
  }
  return std::nullopt;
}

/// The algorithm of each named layer. Other layers use the first that algorithms_for gives.
using KernelChoices = std::map<std::string, ConvAlgorithm>;
/// From ComputeOptions::kernels. Throws UsageError for a text that is not LAYER=ALGORITHM.
KernelChoices kernel_choices(const std::vector<std::string>& kernels);

/// Which steps of oneDNN compute in bf16 when activations are kept in bf16. The others convert.
enum class Bf16Use {
  none,
  steps,         ///< pools, activations, sums
  convolutions,  ///< and convolutions
};

/// A convolution and the algorithms that can compute it.
struct ConvCandidates {
  std::string layer;
  int node = 0;
  bool into_pool = false;  ///< its only reader is a max-pool that can be fused with it
  bool deeper = false;     ///< the gradient of its input is needed
  std::vector<ConvAlgorithm> algorithms;  ///< the default first
};

}  // namespace ridgeline::engine
