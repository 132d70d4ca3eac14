#include "objective/own_penalties.hpp"

#include "options/kind_registry.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline {
namespace {

using Registry = KindRegistry<PenaltyFactory>;

Registry& registry() {
  static Registry registry("a", "penalty", {});
  return registry;
}

// Options are keys NAME_OPTION.
std::string prefix(std::string_view name) {
  return fmt::format("regularize.{}_", name);
}

}  // namespace

void register_penalty(Kind kind, PenaltyFactory factory) {
  for (const PenaltyKey& key : penalty_keys) {
    require(key.name != kind.name, "there is a penalty '{}' already", kind.name);
  }
  registry().add(std::move(kind), std::move(factory));
}

std::vector<Kind> penalty_kinds() {
  return registry().kinds();
}

void objective::check_own(std::string_view name, const Attributes& options) {
  registry().find(name).kind.complete(options, prefix(name));
}

std::unique_ptr<const PenaltyTerm> objective::make_own(std::string_view name,
                                                       const Attributes& options) {
  const Registry::Entry found = registry().find(name);
  return found.make(found.kind.complete(options, prefix(name)));
}

}  // namespace ridgeline
