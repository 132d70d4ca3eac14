// Reads the orientation from EXIF data (EXIF 2.32): from the first directory of a TIFF structure.
#include "image/decoder.hpp"
#include "image/orient.hpp"

namespace ridgeline::image {
namespace {

class TiffNumbers {
 public:
  TiffNumbers(Bytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}
  bool has(std::uint64_t at, std::uint64_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  std::uint32_t number(std::size_t at, int count) const {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) {
      const int place = big_endian_ ? count - 1 - i : i;
      value |= static_cast<std::uint32_t>(bytes_[at + static_cast<std::size_t>(i)]) << (8 * place);
    }
    return value;
  }

 private:
  Bytes bytes_;
  bool big_endian_;
};

}  // namespace

int exif_orientation(Bytes exif) {
  using namespace std::string_view_literals;
  constexpr std::uint32_t orientation_tag = 0x0112, type_short = 3;
  if (begins_with(exif, "Exif\0\0"sv)) exif = exif.subspan(6);
  const bool big_endian = begins_with(exif, "MM\0*"sv);
  if (!big_endian && !begins_with(exif, "II*\0"sv)) return 1;
  const TiffNumbers tiff(exif, big_endian);
  if (!tiff.has(4, 4)) return 1;
  const std::size_t directory = tiff.number(4, 4);
  if (!tiff.has(directory, 2)) return 1;
  const std::size_t entries = tiff.number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (!tiff.has(entry, 12)) return 1;
    if (tiff.number(entry, 2) != orientation_tag) continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    const bool valid = tiff.number(entry + 2, 2) == type_short && value >= 1 && value <= 8;
    return valid ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace ridgeline::image
