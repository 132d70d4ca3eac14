#include "data/cache/amount.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "tensor/memory.hpp"

namespace ridgeline::data {

namespace fs = std::filesystem;

std::string amount(std::uint64_t bytes) {
  static constexpr std::array units{"kB", "MB", "GB", "TB", "PB"};
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", size, size < 9.95 ? 1 : 0, units[unit]);
}

std::uint64_t half_of_free_memory() {
  return available_memory() / 2;
}

std::uint64_t free_on_disk(const fs::path& folder) {
  std::error_code error;
  for (fs::path above = fs::absolute(folder, error);; above = above.parent_path()) {
    const auto space = fs::space(above, error);
    if (!error) return space.available;
    if (!above.has_relative_path()) return std::numeric_limits<std::uint64_t>::max();
  }
}

}  // namespace ridgeline::data
