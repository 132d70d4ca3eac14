#pragma once
// Damaged copies of a file, the same ones in every run.

#include <random>

#include "data/folder.hpp"

namespace ridgeline::test {

inline Bytes mutate(Bytes file, std::mt19937& random) {
  const auto below = [&](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  for (std::size_t changes = 1 + below(4); changes > 0 && !file.empty(); --changes) {
    const std::size_t at = below(file.size());
    const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
      case 0:
        file[at] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 1:
        file[at] = below(2) == 0 ? 0 : 255;
        break;
      case 2:
        file[at] = static_cast<std::uint8_t>(below(256));
        break;
      case 3:
        file.resize(at);
        break;
      case 4:
        file.insert(place, 1 + below(8), static_cast<std::uint8_t>(below(256)));
        break;
      default:
        file.erase(place, place + static_cast<std::ptrdiff_t>(
                                      1 + below(std::min<std::size_t>(8, file.size() - at))));
    }
  }
  return file;
}

}  // namespace ridgeline::test
