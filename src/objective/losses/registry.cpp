#include "objective/losses/losses.hpp"
#include "options/kind_registry.hpp"

namespace ridgeline {
namespace {

using Registry = KindRegistry<LossFactory>;

Registry& registry() {
  using namespace objective;
  static Registry registry = [] {
    std::vector<Registry::Entry> entries;
    for (LossKind& loss :
         std::vector{cross_entropy_kind(), mean_squared_error_kind(), binary_cross_entropy_kind(),
                     focal_kind(), binary_focal_kind()}) {
      entries.push_back({std::move(loss.kind), std::move(loss.make)});
    }
    return Registry("a", "loss", std::move(entries));
  }();
  return registry;
}

}  // namespace

LossPtr make_loss(std::string_view kind, const Attributes& attributes) {
  const Registry::Entry found = registry().find(kind);
  return found.make(found.kind.complete(attributes, "loss."));
}

void register_loss(Kind kind, LossFactory factory) {
  registry().add(std::move(kind), std::move(factory));
}

std::vector<Kind> loss_kinds() {
  return registry().kinds();
}

}  // namespace ridgeline
