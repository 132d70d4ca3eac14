#include "experiment/augment_key.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/augment.hpp"
#include "experiment/codec.hpp"
#include "ridgeline/augmentation.hpp"

namespace ridgeline::experiment {
namespace {

constexpr std::string_view form =
    "a string such as \"crop:4\", or a table such as { crop = { n = 4 } }";

// "streaks:count=3,width=2"; of one option alone, the first of its kind, "crop:4".
std::string text_of(const std::string& name, const Table& options) {
  const std::vector<Kind> kinds = augmentation_kinds();
  const auto kind = std::ranges::find(kinds, name, &Kind::name);
  const bool first = options.size() == 1 && kind != kinds.end() && !kind->options.empty() &&
                     kind->options.front().name == options.front().key;
  if (first) return fmt::format("{}:{}", name, to_toml(options.front().value));
  std::string text = name;
  for (const auto& [option, value] : options) {
    text += fmt::format("{}{}={}", text == name ? ':' : ',', option, to_toml(value));
  }
  return text;
}

std::string read_one(const Value& value, const std::string& key) {
  if (const auto* text = value.get<std::string>()) return *text;
  const auto* table = value.get<Table>();
  if (!table || table->size() != 1) fail(value, key, form);
  const auto& [name, options] = table->front();
  return text_of(name, expect<Table>(options, fmt::format("{}.{}", key, name),
                                     "a table of options such as { n = 4 }"));
}

}  // namespace

Key augment_key() {
  Key key;
  key.name = "data.augment";
  key.meaning =
      "changes of training images, in order: \"flip\", \"crop:4\", \"cutout:8\", "
      "\"noise:0.05\", \"mixup:0.2\", \"cutmix:1\"";
  key.read = [name = key.name](Experiment& experiment, const Value& value) {
    std::vector<std::string> all;
    for (const Value& item : expect<Array>(value, name, "an array of strings")) {
      all.push_back(read_one(item, fmt::format("{}[{}]", name, all.size())));
      located(fmt::format("{}{}: ", item.where, name),
              [&] { data::parse_augmentation(all.back()); });
    }
    experiment.data.augment = std::move(all);
  };
  key.write = [](const Experiment& experiment) { return encode(experiment.data.augment); };
  return key;
}

}  // namespace ridgeline::experiment
