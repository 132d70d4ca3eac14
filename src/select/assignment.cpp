#include "select/assignment.hpp"

#include <fmt/ranges.h>

#include <vector>

namespace ridgeline::selection {

std::string value_text(const Range& range, double value) {
  // The file of a study may be damaged.
  const bool named = value >= 0 && value < static_cast<double>(range.names.size());
  return named ? range.names[static_cast<std::size_t>(value)] : fmt::format("{:.4g}", value);
}

std::string text(const Assignment& parameters, const SearchSpace& over) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : parameters) {
    const auto range = over.find(key);
    const Range numbers;
    parts.push_back(fmt::format("{} {}", key,
                                value_text(range == over.end() ? numbers : range->second, value)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string text(const Assignment& parameters) {
  return text(parameters, {});
}

}  // namespace ridgeline::selection
