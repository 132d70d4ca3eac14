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
#include "options/kind_registry.hpp"
#include "ridgeline/own_layer.hpp"

namespace ridgeline {
namespace network {
namespace {

using Make = std::function<std::shared_ptr<const LayerSpec>(const Attributes&)>;

using Registry = KindRegistry<Make>;

template <typename... Specs>
std::vector<Registry::Entry> table_of() {
  return {{{.name = std::string(Specs::name)}, make_from<Specs>}...};
}

Registry& registry() {
  static Registry registry(
      "a", "layer",
      table_of<ActivationSpec, ActivityRegularizationSpec, AdaptiveAveragePool2DSpec, AddSpec,
               AveragePool2DSpec, BatchNorm2DSpec, ConcatSpec, Conv2DSpec, DenseSpec, DropoutSpec,
               FlattenSpec, GaussianNoiseSpec, GlobalAveragePool2DSpec, MaxPool2DSpec,
               NormalizeSpec, SpatialDropout2DSpec, Upsample2DSpec>());
  return registry;
}

}  // namespace
}  // namespace network

Layer make_layer(std::string_view kind, const Attributes& attributes, std::string name) {
  return Layer(network::registry().find(kind).make(attributes), std::move(name));
}

void register_layer(std::string kind, LayerFactory factory) {
  network::registry().add({.name = std::move(kind)}, factory);
}

void register_layer(Kind kind, OwnLayerFactory factory) {
  network::registry().add(kind, [kind, factory](const Attributes& given) {
    return factory(kind.complete(given, kind.name + ": "));
  });
}

}  // namespace ridgeline
