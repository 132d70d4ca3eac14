#include "data/cache/amount.hpp"

#include <fmt/format.h>

#include <limits>

#include "tensor/memory.hpp"

namespace ridgeline::data {

std::string amount(std::uint64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (number < 1e6) return fmt::format("{:.0f} kB", number / 1e3);
  if (number < 1e9) return fmt::format("{:.0f} MB", number / 1e6);
  return fmt::format("{:.1f} GB", number / 1e9);
}

std::uint64_t half_of_free_memory() {
  return available_memory() / 2;
}

std::uint64_t free_on_disk(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::path above = folder;; above = above.parent_path()) {
    const auto space = std::filesystem::space(above, error);
    if (!error) return space.available;
    if (!above.has_relative_path()) return std::numeric_limits<std::uint64_t>::max();
  }
}

}  // namespace ridgeline::data
