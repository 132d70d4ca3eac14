#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "data/inspection/parts.hpp"

namespace ridgeline::data {
namespace {

std::string name_of(const TargetSchema& schema, std::size_t i) {
  return i < schema.names.size() ? schema.names[i] : std::to_string(i);
}

std::string text_of(const std::vector<float>& values, const TargetSchema& schema) {
  std::vector<std::string> words;
  if (schema.task == "multi-label") {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] >= 0.5f) words.push_back(name_of(schema, i));
    }
    return words.empty() ? "no label" : fmt::format("{}", fmt::join(words, ", "));
  }
  if (schema.task == "classify" && !values.empty()) {  // soft labels
    const auto most = std::ranges::max_element(values);
    const std::string name = name_of(schema, static_cast<std::size_t>(most - values.begin()));
    return *most >= 1 ? name : fmt::format("{} {:.2f}", name, *most);
  }
  for (const float value : values) words.push_back(fmt::format("{:.4g}", value));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string target_text(const Target& target, const TargetSchema& schema) {
  if (const auto* label = std::get_if<std::int32_t>(&target)) {
    return name_of(schema, static_cast<std::size_t>(*label));
  }
  if (const auto* values = std::get_if<std::vector<float>>(&target)) {
    return text_of(*values, schema);
  }
  if (const auto* boxes = std::get_if<Boxes>(&target)) {
    return fmt::format("{} boxes", boxes->boxes.size());
  }
  return std::holds_alternative<Mask>(target) ? "a mask" : "";
}

}  // namespace ridgeline::data
