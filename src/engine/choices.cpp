#include "engine/choices.hpp"

#include "options/check.hpp"

namespace ridgeline::engine {

Choices choices_of(const std::vector<std::string>& kernels) {
  Choices choices;
  for (const std::string& kernel : kernels) {
    const auto equals = kernel.find('=');
    const auto way =
        way_named(equals == std::string::npos ? std::string_view()
                                              : std::string_view(kernel).substr(equals + 1));
    require(way.has_value(),
            "train.kernels has LAYER=onednn, LAYER=direct or LAYER=winograd, not '{}'", kernel);
    choices[kernel.substr(0, equals)] = *way;
  }
  return choices;
}

}  // namespace ridgeline::engine
