#include <algorithm>
#include <cctype>
#include <vector>

#include "ridgeline/attributes.hpp"

namespace ridgeline {
namespace {

// Case, '_' and '-' do not count as differences.
std::string plain(std::string_view word) {
  std::string result;
  for (const char c : word) {
    if (c != '_' && c != '-' && c != ' ') {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

// The number of insertions, deletions, substitutions and swaps of neighbours that lead from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above.back();
}

std::size_t distance(std::string_view a, std::string_view b) {
  // "kernel_size" for "kernel", "max_pool" for "max_pool2d".
  const auto& [shorter, longer] =
      std::minmax(a, b, [](auto x, auto y) { return x.size() < y.size(); });
  if (shorter.size() >= 3 && longer.starts_with(shorter)) return 1;
  return edit_distance(a, b);
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> known) {
  const std::string wanted = plain(word);
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t edits = distance(wanted, plain(candidate));
    if (edits < least && edits < plain(candidate).size()) {
      least = edits;
      best = candidate;
    }
  }
  return std::string(best);
}

}  // namespace ridgeline
