#include "image/format.hpp"

#include <algorithm>

#include "image/decoder.hpp"

namespace ridgeline::image {

std::string_view format_of(Bytes first) {
  const auto* const found = std::ranges::find_if(
      formats, [&](const Format* format) { return format->recognises(first); });
  return found == formats.end() ? std::string_view() : (*found)->name;
}

}  // namespace ridgeline::image
