#include "options/registry.hpp"

#include "network/layers/activation.hpp"
#include "network/layers/activity_regularization.hpp"
#include "network/layers/adaptive_average_pool2d.hpp"
#include "network/layers/add.hpp"
#include "network/layers/batch_norm2d.hpp"
#include "network/layers/concat.hpp"
#include "network/layers/conv2d.hpp"
#include "network/layers/dense.hpp"
#include "network/layers/dropout.hpp"
#include "network/layers/flatten.hpp"
#include "network/layers/gaussian_noise.hpp"
#include "network/layers/global_average_pool2d.hpp"
#include "network/layers/normalize.hpp"
#include "network/layers/pool2d.hpp"
#include "network/layers/spatial_dropout2d.hpp"
#include "network/layers/upsample2d.hpp"
#include "ridgeline/own_layer.hpp"

namespace ridgeline {
namespace {

using namespace network;

using Make = std::function<std::shared_ptr<const LayerSpec>(const Attributes&)>;

template <typename... Specs>
Registry<Make>::Table table_of() {
  return {{std::string(Specs::name), make_from<Specs>}...};
}

Registry<Make>& registry() {
  static Registry<Make> registry(
      "a", "layer",
      table_of<ActivationSpec, ActivityRegularizationSpec, AdaptiveAveragePool2DSpec, AddSpec,
               AveragePool2DSpec, BatchNorm2DSpec, ConcatSpec, Conv2DSpec, DenseSpec, DropoutSpec,
               FlattenSpec, GaussianNoiseSpec, GlobalAveragePool2DSpec, MaxPool2DSpec,
               NormalizeSpec, SpatialDropout2DSpec, Upsample2DSpec>());
  return registry;
}

}  // namespace

Layer make_layer(std::string_view kind, const Attributes& attributes, std::string name) {
  return Layer(registry().find(kind)(attributes), std::move(name));
}

void register_layer(std::string kind, LayerFactory factory) {
  registry().add(std::move(kind), factory);
}

void register_layer(Kind kind, OwnLayerFactory factory) {
  std::string name = kind.name;
  registry().add(std::move(name), [kind, factory](const Attributes& given) {
    return factory(kind.complete(given, kind.name + ": "));
  });
}

}  // namespace ridgeline
