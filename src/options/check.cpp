#include "options/check.hpp"

#include <fmt/ranges.h>

#include "ridgeline/attributes.hpp"

namespace ridgeline {

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near);
  if (known.empty()) return "there are none";
  return fmt::format("known are {}", fmt::join(known, ", "));
}

}  // namespace ridgeline
