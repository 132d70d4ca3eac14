#pragma once
// What must hold for the bytes of a pack of images.

#include <algorithm>
#include <cstring>
#include <vector>

#include "data/cache/pack_file.hpp"
#include "data/crc32.hpp"
#include "fuzz/input.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::test {

/// The number of images of the pack that the checks want.
constexpr std::size_t pack_images = 4;

/// `input` with the beginning, the key and the checksum of a pack that is wanted, because no
/// mutation would find them.
inline std::vector<std::uint8_t> with_pack_header(Input input) {
  std::vector<std::uint8_t> bytes(input.begin(), input.end());
  data::PackHeader header;
  if (bytes.size() < sizeof header) return bytes;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.magic = data::pack_magic;
  header.key.fill('k');
  header.images = pack_images;
  if (header.index <= bytes.size()) header.index_crc = data::crc32_of(input.subspan(header.index));
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

/// A pack is refused, or every image of it is inside it.
inline void check_pack(Input input) {
  const MemoryFile file(with_pack_header(input));
  try {
    const auto pack = data::PackFile::open(file.path(), {.key = std::string(64, 'k'),
                                                         .images = pack_images,
                                                         .places = {0, 1, 2, 3, 4},
                                                         .on_note = [](const std::string&) {}});
    for (std::size_t image = 0; image <= pack_images; ++image) {
      pack->decoded(image);
      for (int scale = 0; scale <= 8; ++scale) {
        const auto record = scale == 0 ? pack->fitted(image) : pack->at_scale(image, scale);
        if (!record) continue;
        const image::ImageView& view = record->pixels;
        const auto size = static_cast<std::size_t>(view.channels * view.height * view.width);
        must(size > 0 && view.pixels.size() == size);
        must(std::ranges::count(view.pixels, 0) <= static_cast<std::ptrdiff_t>(size));
      }
    }
  } catch (const DataError&) {
    return;
  }
}

}  // namespace ridgeline::test
