// The table of all augmentations by name: those of numbers (augment.cpp), the random crop of the
// original image, those of pictures (pictures/table.cpp), and an application's own.

#include <optional>

#include "data/augmentation_words.hpp"
#include "data/number_augmentations.hpp"
#include "data/pictures/fields.hpp"
#include "options/kind_registry.hpp"
#include "ridgeline/augmentation.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

using data::Augmentation;

struct Maker {
  /// `options` are complete.
  std::function<Augmentation(const Attributes& options)> make;
  std::string example = {};  ///< if the first option must be given
};
using Registry = KindRegistry<Maker>;

double number_of(const Kind& kind, const Attributes& options) {
  return kind.options.empty() ? 0 : options.real(kind.options.front().name);
}

Augmentation of_picture(data::PictureStep step) {
  return {Augmentation::Kind::picture,
          0,
          {},
          std::make_shared<const data::PictureStep>(std::move(step))};
}

Registry::Entry resized_crop() {
  const data::ResizedCropOptions standard;
  const Limits share{.least = 0, .most = 1, .above = true};
  const Kind kind{
      .name = "resized_crop",
      .meaning = "a random box of the original image, resized to data.size",
      .options = {
          {"min_scale", "the least share of the area", standard.min_scale, share},
          {"max_scale", "the largest", standard.max_scale, share},
          {"min_ratio", "the least width for each height", standard.min_ratio, limits::positive},
          {"max_ratio", "the largest", standard.max_ratio, limits::positive}}};
  const auto make = [name = kind.name](const Attributes& all) {
    data::check_pairs(name, all);
    return of_picture({name,
                       {},
                       data::ResizedCropOptions{all.real("min_scale"), all.real("max_scale"),
                                                all.real("min_ratio"), all.real("max_ratio")}});
  };
  return {kind, {make}};
}

Registry& registry() {
  static Registry registry = [] {
    std::vector<Registry::Entry> entries;
    for (const data::NumberAugmentation& one : data::number_augmentations()) {
      const auto make = [one](const Attributes& options) {
        return one.make(number_of(one.kind, options));
      };
      entries.push_back({one.kind, {make, one.example}});
    }
    entries.push_back(resized_crop());
    for (const data::PictureKind& one : data::picture_kinds()) {
      const auto make = [&one](const Attributes& options) {
        return of_picture({one.name, one.make(options), {}});
      };
      entries.push_back({one, {make}});
    }
    return Registry("an", "augmentation", std::move(entries));
  }();
  return registry;
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
  for (const Option& option : kind.options) {
    require(std::holds_alternative<double>(option.value) ||
                std::holds_alternative<std::int64_t>(option.value) ||
                std::holds_alternative<bool>(option.value),
            "the option '{}' of the augmentation '{}' must be a number, or true or false",
            option.name, kind.name);
  }
  registry().add(std::move(kind), {[factory](const Attributes& options) {
                   return Augmentation{Augmentation::Kind::own, 0,
                                       std::make_shared<const Augment>(factory(options))};
                 }});
}

std::vector<Kind> augmentation_kinds() {
  return registry().kinds();
}

Augmentation data::parse_augmentation(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto [kind, maker] = registry().find(text.substr(0, colon));
  const std::string prefix = fmt::format("augmentation \"{}\": ", text);
  // If only a number is missing, the message names its option and gives an example.
  const bool plain = !maker.example.empty() && text.find('=') == std::string_view::npos;
  try {
    require(!plain || colon != std::string_view::npos, "no number");
    return maker.make(kind.complete(augmentation_options(kind, text), prefix));
  } catch (const UsageError&) {
    if (!plain) throw;
    throw UsageError(fmt::format("{}{} wants {}, as in \"{}\"", prefix, kind.name,
                                 kind.options.front().meaning, maker.example));
  }
}

}  // namespace ridgeline
