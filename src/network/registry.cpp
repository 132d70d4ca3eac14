#include <map>
#include <mutex>

#include "network/layers/activation.hpp"
#include "network/layers/add.hpp"
#include "network/layers/batch_norm2d.hpp"
#include "network/layers/concat.hpp"
#include "network/layers/conv2d.hpp"
#include "network/layers/dense.hpp"
#include "network/layers/dropout.hpp"
#include "network/layers/flatten.hpp"
#include "network/layers/global_average_pool2d.hpp"
#include "network/layers/normalize.hpp"
#include "network/layers/pool2d.hpp"

namespace ridgeline {
namespace {

using namespace network;

struct Registry {
  std::mutex mutex;
  std::map<std::string, LayerFactory, std::less<>> factories;
};

template <typename... Specs>
Registry registry_of() {
  return {.factories = {{std::string(Specs::name), make_from<Specs>}...}};
}

Registry& registry() {
  static Registry registry =
      registry_of<ActivationSpec, AddSpec, AveragePool2DSpec, BatchNorm2DSpec, ConcatSpec,
                  Conv2DSpec, DenseSpec, DropoutSpec, FlattenSpec, GlobalAveragePool2DSpec,
                  MaxPool2DSpec, NormalizeSpec>();
  return registry;
}

LayerFactory find_factory(std::string_view kind) {
  auto& [mutex, factories] = registry();
  const std::scoped_lock lock(mutex);
  if (const auto found = factories.find(kind); found != factories.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& [name, factory] : factories) known.push_back(name);
  throw UsageError(fmt::format("there is no layer '{}': {}", kind, suggestion(kind, known)));
}

}  // namespace

Layer make_layer(std::string_view kind, const Attributes& attributes, std::string name) {
  return Layer(find_factory(kind)(attributes), std::move(name));
}

void register_layer(std::string kind, LayerFactory factory) {
  auto& [mutex, factories] = registry();
  const std::scoped_lock lock(mutex);
  require(!factories.contains(kind), "there is a layer '{}' already", kind);
  factories.emplace(std::move(kind), factory);
}

}  // namespace ridgeline
