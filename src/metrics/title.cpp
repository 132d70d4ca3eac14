#include "metrics/title.hpp"

#include <algorithm>
#include <vector>

namespace ridgeline::metrics {

std::string short_title(std::string_view name, std::size_t width) {
  if (name.size() <= width) return std::string(name);
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('_', at), name.size());
    if (end > at) words.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  if (words.empty()) return {};
  // With blanks between the words, unless each word gets only one letter.
  const std::size_t blanks = words.size() - 1;
  const bool apart = width >= 2 * words.size() + blanks;
  const std::size_t letters =
      std::max<std::size_t>(1, (width - (apart ? blanks : 0)) / words.size());
  std::string title;
  for (const std::string_view word : words) {
    if (apart && !title.empty()) title += ' ';
    title += word.substr(0, letters);
  }
  return title.substr(0, width);
}

}  // namespace ridgeline::metrics
