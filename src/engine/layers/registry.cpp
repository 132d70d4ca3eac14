#include <fmt/format.h>

#include <array>

#include "engine/layers/compilers.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/own_layer.hpp"

namespace ridgeline::engine {
namespace {

constexpr std::array<std::pair<std::string_view, LayerCompiler>, 17> compilers{{
    {"conv2d", compile_conv2d},
    {"dense", compile_dense},
    {"max_pool2d", compile_max_pool2d},
    {"average_pool2d", compile_average_pool2d},
    {"adaptive_average_pool2d", compile_adaptive_average_pool2d},
    {"global_average_pool2d", compile_global_average_pool2d},
    {"flatten", compile_flatten},
    {"batch_norm2d", compile_batch_norm2d},
    {"dropout", compile_dropout},
    {"add", compile_add},
    {"concat", compile_concat},
    {"activation", compile_activation},
    {"normalize", compile_normalize},
    {"upsample2d", compile_upsample2d},
    {"spatial_dropout2d", compile_spatial_dropout2d},
    {"gaussian_noise", compile_gaussian_noise},
    {"activity_regularization", compile_activity_regularization},
}};

}  // namespace

LayerCompiler layer_compiler(const LayerSpec& spec) {
  if (dynamic_cast<const OwnLayer*>(&spec) != nullptr) return compile_own_layer;
  for (const auto& [name, compiler] : compilers) {
    if (name == spec.kind()) return compiler;
  }
  throw UsageError(
      fmt::format("the engine cannot compute layers of kind '{}': derive the layer from OwnLayer "
                  "(ridgeline/own_layer.hpp)",
                  spec.kind()));
}

}  // namespace ridgeline::engine
