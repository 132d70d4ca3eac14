#include "data/own_augmentations.hpp"

#include "data/augmentation_words.hpp"
#include "options/kind_registry.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

using Registry = KindRegistry<AugmentationFactory>;

Registry& registry() {
  static Registry registry("an", "augmentation", {});
  return registry;
}

bool is_known(std::string_view name, const std::vector<Kind>& kinds) {
  return std::ranges::any_of(kinds, [&](const Kind& kind) { return kind.name == name; });
}

}  // namespace

double ImageRandom::uniform() {
  return stream_.uniform_double();
}
double ImageRandom::normal() {
  return stream_.normal();
}
std::uint64_t ImageRandom::below(std::uint64_t bound) {
  return stream_.below(bound);
}

void register_augmentation(Kind kind, AugmentationFactory factory) {
  require(!kind.name.empty() && kind.name.find_first_of(":,=") == std::string::npos,
          "an augmentation must have a name without ':', ',' and '=', not '{}'", kind.name);
  require(!is_known(kind.name, data::built_in_kinds()), "there is an augmentation '{}' already",
          kind.name);
  for (const Option& option : kind.options) {
    require(std::holds_alternative<double>(option.value) ||
                std::holds_alternative<std::int64_t>(option.value) ||
                std::holds_alternative<bool>(option.value),
            "the option '{}' of the augmentation '{}' must be a number, or true or false",
            option.name, kind.name);
  }
  registry().add(std::move(kind), std::move(factory));
}

std::vector<Kind> augmentation_kinds() {
  std::vector<Kind> kinds = data::built_in_kinds();
  for (Kind& kind : data::own_kinds()) kinds.push_back(std::move(kind));
  return kinds;
}

std::vector<Kind> data::own_kinds() {
  return registry().kinds();
}

std::shared_ptr<const Augment> data::own_augmentation(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (!is_known(name, own_kinds())) return nullptr;
  const auto [kind, make] = registry().find(name);
  const Attributes given = augmentation_options(kind, text);
  return std::make_shared<const Augment>(
      make(kind.complete(given, fmt::format("augmentation \"{}\": ", text))));
}

}  // namespace ridgeline
