#include "metrics/title.hpp"

#include <algorithm>

namespace ridgeline::metrics {

std::string short_title(std::string_view name) {
  constexpr std::size_t letters = 3;
  std::string first;  // letters of the words
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('_', at), name.size());
    if (end > at) first += name[at];
    at = end + 1;
  }
  return first.size() > 1 ? first.substr(0, letters) : std::string(name.substr(0, letters));
}

}  // namespace ridgeline::metrics
