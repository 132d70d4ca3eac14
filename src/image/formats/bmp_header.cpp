#include "image/formats/bmp_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "image/mix.hpp"

namespace ridgeline::image {
namespace {

constexpr std::size_t file_header_bytes = 14;

// The values of the field biCompression.
enum Compression : std::uint32_t {
  plain = 0,
  rle8 = 1,
  rle4 = 2,
  bit_fields = 3,
  alpha_fields = 6
};

void check_kind(std::uint32_t compression, unsigned bits, bool top_down) {
  const std::set<unsigned> depths = compression == rle8    ? std::set<unsigned>{8}
                                    : compression == rle4  ? std::set<unsigned>{4}
                                    : compression == plain ? std::set<unsigned>{1, 4, 8, 16, 24, 32}
                                    : compression == bit_fields || compression == alpha_fields
                                        ? std::set<unsigned>{16, 32}
                                        : std::set<unsigned>{};
  if (!depths.contains(bits)) {
    cannot_decode("BMP", fmt::format("{} bits a pixel with compression {} are not supported", bits,
                                     compression));
  }
  if (top_down && (compression == rle8 || compression == rle4)) {
    cannot_decode("BMP", "a run-length coded image cannot be stored from top to bottom");
  }
}

void read_palette(ByteReader& reader, BmpHeader& header, std::size_t count, std::size_t entry) {
  header.grey = true;
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes colour = reader.take(entry);
    header.palette.push_back({colour[2], colour[1], colour[0]});
    header.grey = header.grey && colour[0] == colour[1] && colour[1] == colour[2];
  }
}

}  // namespace

std::uint8_t BmpHeader::Mask::value(std::uint32_t pixel) const {
  if (bits == 0) return 255;
  const int shift = std::countr_zero(bits);
  return to_eight_bits((pixel & bits) >> shift, bits >> shift);
}

BmpHeader BmpHeader::read(ByteReader reader) {
  BmpHeader header;
  reader.go_to(10);
  header.pixels_at = reader.little_endian(4);
  const std::uint32_t size = reader.little_endian(4);
  const bool core = size == 12;
  if (!core && (size < 40 || size > 1024)) {
    cannot_decode("BMP", fmt::format("its header cannot have {} bytes", size));
  }
  const std::size_t number = core ? 2 : 4;
  const auto width = static_cast<std::int32_t>(reader.little_endian(number));
  const auto height = static_cast<std::int32_t>(reader.little_endian(number));
  if (width < 1) cannot_decode("BMP", "its width must be at least 1");
  header.width = width;
  header.top_down = height < 0;
  header.height = height < 0 ? -std::int64_t{height} : height;
  reader.take(2);  // planes
  header.bits = reader.little_endian(2);
  std::uint32_t compression = plain, colours = 0;
  if (!core) {
    compression = reader.little_endian(4);
    reader.take(12);  // the size of the data, and pixels per metre
    colours = reader.little_endian(4);
    reader.take(4);
  }
  check_kind(compression, header.bits, header.top_down);
  header.packing = compression == rle8   ? Packing::rle8
                   : compression == rle4 ? Packing::rle4
                                         : Packing::none;

  std::size_t after = file_header_bytes + size;
  if (compression == bit_fields || compression == alpha_fields) {
    // The masks are inside newer headers, and directly after the oldest one.
    reader.go_to(file_header_bytes + 40);
    const std::size_t count = compression == alpha_fields || size >= 56 ? 4 : 3;
    for (std::size_t i = 0; i < count; ++i) header.masks[i].bits = reader.little_endian(4);
    if (size == 40) after += 4 * count;
  } else if (header.bits == 16) {
    header.masks = {{{0x7c00}, {0x03e0}, {0x001f}, {0}}};
  } else if (header.bits == 32) {
    header.masks = {{{0xff0000}, {0xff00}, {0xff}, {0}}};
  }
  if (header.bits <= 8) {
    const std::size_t most = std::size_t{1} << header.bits, entry = core ? 3 : 4;
    std::size_t count = colours == 0 ? most : std::min<std::size_t>(colours, most);
    // Some writers leave out colours that they do not use.
    if (header.pixels_at > after) count = std::min(count, (header.pixels_at - after) / entry);
    reader.go_to(after);
    read_palette(reader, header, count, entry);
  }
  return header;
}

}  // namespace ridgeline::image
