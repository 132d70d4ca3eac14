#include "experiment/line_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/augment.hpp"
#include "experiment/codec.hpp"
#include "ridgeline/augmentation.hpp"
#include "ridgeline/metric.hpp"

namespace ridgeline::experiment {
namespace {

/// A list of lines, each a kind with its options: "crop:4", "affine:degrees=5,shear_x=3". A line
/// may also be a table: { crop = { n = 4 } }.
struct Lines {
  std::string key;
  std::string line, table;  ///< examples
  std::vector<Kind> (*kinds)();
  /// Throws UsageError for a line that is wrong.
  void (*check)(const std::string& line);
  std::vector<std::string>& (*of)(Experiment&);
};

std::string word_of(const Value& value) {
  const auto* text = value.get<std::string>();
  return text ? *text : to_toml(value);
}

// A single option, if it is the first of its kind, is written without its name.
std::string line_of(const Lines& lines, const std::string& name, const Table& options) {
  const std::vector<Kind> kinds = lines.kinds();
  const auto kind = std::ranges::find(kinds, name, &Kind::name);
  const bool first = options.size() == 1 && kind != kinds.end() && !kind->options.empty() &&
                     kind->options.front().name == options.front().key;
  if (first) return fmt::format("{}:{}", name, word_of(options.front().value));
  std::string text = name;
  for (const auto& [option, value] : options) {
    text += fmt::format("{}{}={}", text == name ? ':' : ',', option, word_of(value));
  }
  return text;
}

std::string read_line(const Lines& lines, const Value& value, const std::string& key) {
  if (const auto* text = value.get<std::string>()) return *text;
  const auto* table = value.get<Table>();
  if (!table || table->size() != 1) {
    fail(value, key,
         fmt::format("a string such as \"{}\", or a table such as {}", lines.line, lines.table));
  }
  const auto& [name, options] = table->front();
  return line_of(lines, name,
                 expect<Table>(options, fmt::format("{}.{}", key, name), "a table of options"));
}

Key key_of(const Lines& lines, std::string meaning) {
  Key key;
  key.name = lines.key;
  key.meaning = std::move(meaning);
  key.read = [lines](Experiment& experiment, const Value& value) {
    std::vector<std::string> all;
    for (const Value& item : expect<Array>(value, lines.key, "an array of strings or tables")) {
      all.push_back(read_line(lines, item, fmt::format("{}[{}]", lines.key, all.size())));
      located(fmt::format("{}{}: ", item.where, lines.key), [&] { lines.check(all.back()); });
    }
    lines.of(experiment) = std::move(all);
  };
  key.write = [lines](const Experiment& experiment) {
    return encode(lines.of(const_cast<Experiment&>(experiment)));  // only read
  };
  return key;
}

}  // namespace

Key augment_key() {
  return key_of({"data.augment",
                 "crop:4",
                 "{ crop = { n = 4 } }",
                 augmentation_kinds,
                 [](const std::string& line) {
    data::parse_augmentation(line); },
                 [](Experiment& e) -> auto& { return e.data.augment;
}
}  // namespace ridgeline::experiment
,
                "changes of training images, in order: \"flip\", \"crop:4\", \"cutout:8\", "
                "\"noise:0.05\", \"mixup:0.2\", \"cutmix:1\", \"rotation:15\", ... "
                "(docs/augmentation.md)");
}

Key metrics_key() {
  return key_of({"train.metrics",
                 "top_k:3",
                 "{ top_k = { k = 3 } }",
                 metric_kinds,
                 [](const std::string& line) {
    make_metric(line); },
                 [](Experiment& e) -> auto& { return e.train.metrics;
}
},
                "measured in addition to the usual ones: \"f1\", \"top_k:3\", ... (docs/metrics.md)");
}

}  // namespace ridgeline::experiment
