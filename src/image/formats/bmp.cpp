// BMP: 1, 4, 8, 16, 24 and 32 bits a pixel, run-length coding, rows in both orders.
#include <algorithm>
#include <array>

#include "image/formats/bmp_header.hpp"
#include "image/mix.hpp"

namespace ridgeline::image {
namespace {

using Packing = BmpHeader::Packing;

class Bmp : public Decoder {
 public:
  explicit Bmp(Bytes file) : reader_(file, "BMP"), header_(BmpHeader::read(reader_)) {
    reader_.go_to(header_.pixels_at);
    const bool packed = header_.packing != Packing::none;
    stored_ = {
        .channels = header_.bits <= 8 && header_.grey ? 1 : 3,
        .height = header_.height,
        .width = header_.width,
        .extra_per_pixel = packed ? 1 : 0,
        .least_row_bytes = packed ? 0 : static_cast<double>(header_.width * header_.bits) / 8};
  }

  void read(const PixelBox& box, int /*shrink*/, std::uint8_t* to) override {
    const bool packed = header_.packing != Packing::none;
    const std::size_t stride =
        packed ? static_cast<std::size_t>(header_.width)
               : (static_cast<std::size_t>(header_.width) * header_.bits + 31) / 32 * 4;
    std::vector<std::uint8_t> unpacked;
    if (packed) unpacked = unpack();
    const unsigned bits = packed ? 8 : header_.bits;
    const std::size_t start = reader_.at();
    for (std::int64_t y = box.top; y < box.top + box.height; ++y) {
      const auto row =
          static_cast<std::size_t>(header_.top_down ? y : header_.height - 1 - y) * stride;
      Bytes bytes;
      if (packed) {
        bytes = Bytes(unpacked).subspan(row, stride);
      } else {
        reader_.go_to(start);
        if (row > reader_.left()) reader_.cut_short();
        reader_.go_to(start + row);
        // The last row of a file may lack its padding.
        bytes = reader_.take((static_cast<std::size_t>(header_.width) * bits + 7) / 8);
      }
      for (std::int64_t x = box.left; x < box.left + box.width; ++x, to += stored_.channels) {
        pixel(bytes, static_cast<std::size_t>(x), bits, to);
      }
    }
  }

 private:
  void pixel(Bytes row, std::size_t x, unsigned bits, std::uint8_t* to) const {
    if (bits <= 8) {
      const std::size_t bit = x * bits;
      const unsigned index = row[bit / 8] >> (8 - bits - bit % 8) & ((1U << bits) - 1);
      if (index >= header_.palette.size()) {
        cannot_decode("BMP", "a pixel has a colour that is not in the palette");
      }
      std::copy_n(header_.palette[index].data(), stored_.channels, to);
    } else if (bits == 24) {
      for (std::size_t c = 0; c < 3; ++c) to[c] = row[3 * x + 2 - c];
    } else {
      std::uint32_t value = 0;
      for (std::size_t i = bits / 8; i-- > 0;) value = value << 8 | row[x * (bits / 8) + i];
      const std::uint8_t alpha = header_.masks[3].value(value);
      for (std::size_t c = 0; c < 3; ++c) {
        to[c] = over_white(header_.masks[c].bits == 0 ? 0 : header_.masks[c].value(value), alpha);
      }
    }
  }

  /// The palette's indices of a run-length coded image. Skipped pixels have index 0.
  std::vector<std::uint8_t> unpack() {
    const auto width = static_cast<std::size_t>(header_.width);
    const auto height = static_cast<std::size_t>(header_.height);
    std::vector<std::uint8_t> indices(width * height);
    const bool nibbles = header_.packing == Packing::rle4;
    std::size_t x = 0, y = 0;
    const auto put = [&](unsigned value) {
      if (y >= height || x >= width) cannot_decode("BMP", "a run is longer than its row");
      indices[y * width + x++] = static_cast<std::uint8_t>(value);
    };
    const auto part = [&](unsigned byte, unsigned i) {
      return !nibbles ? byte : i % 2 == 0 ? byte >> 4 : byte & 15;
    };
    for (;;) {
      const unsigned count = reader_.byte(), value = reader_.byte();
      if (count > 0) {
        for (unsigned i = 0; i < count; ++i) put(part(value, i));
      } else if (value == 0) {  // the end of the row
        x = 0;
        ++y;
      } else if (value == 1) {  // the end of the image
        return indices;
      } else if (value == 2) {  // a move to another pixel
        x += reader_.byte();
        y += reader_.byte();
      } else {  // `value` separate pixels, padded to an even number of bytes
        const unsigned bytes = nibbles ? (value + 1) / 2 : value;
        const Bytes run = reader_.take(bytes + bytes % 2);
        for (unsigned i = 0; i < value; ++i) put(part(run[nibbles ? i / 2 : i], i));
      }
    }
  }

  ByteReader reader_;
  BmpHeader header_;
};

}  // namespace

const Format bmp_format{
    "BMP", [](Bytes file) { return file.size() >= 18 && begins_with(file, "BM"); },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<Bmp>(file); }};

}  // namespace ridgeline::image
