#include "engine/conv_algorithm.hpp"

#include "options/check.hpp"

namespace ridgeline::engine {

KernelChoices kernel_choices(const std::vector<std::string>& kernels) {
  KernelChoices choices;
  for (const std::string& kernel : kernels) {
    const auto equals = kernel.find('=');
    const auto algorithm =
        algorithm_named(equals == std::string::npos ? std::string_view()
                                                    : std::string_view(kernel).substr(equals + 1));
    require(algorithm.has_value(),
            "train.kernels has LAYER=onednn, LAYER=direct or LAYER=winograd, not '{}'", kernel);
    choices[kernel.substr(0, equals)] = *algorithm;
  }
  return choices;
}

}  // namespace ridgeline::engine
