// PNM: PBM, PGM and PPM, as text (P1, P2, P3) and in binary (P4, P5, P6). Of several images in a
// file, the first is read.
#include <algorithm>
#include <cctype>

#include "image/formats/bytes.hpp"
#include "image/mix.hpp"

namespace ridgeline::image {
namespace {

class Pnm : public Decoder {
 public:
  explicit Pnm(Bytes file) : reader_(file, "PNM") {
    reader_.go_to(1);
    const int kind = reader_.byte() - '0';
    binary_ = kind >= 4;
    bits_ = kind == 1 || kind == 4;
    const std::uint32_t width = number(), height = number();
    if (!bits_) most_ = number();
    if (most_ < 1 || most_ > 65535) {
      cannot_decode("PNM", "its greatest value must be from 1 to 65535");
    }
    // One white space ends a binary file's header.
    if (binary_ && std::isspace(reader_.byte()) == 0) {
      cannot_decode("PNM", "its header must end with a white space");
    }
    stored_ = {.channels = kind == 3 || kind == 6 ? 3 : 1, .height = height, .width = width};
    // In text, a number takes at least a digit and a space.
    const double bytes = bits_ ? (binary_ ? 0.125 : 1) : binary_ && most_ < 256 ? 1 : 2;
    stored_.least_row_bytes = bytes * static_cast<double>(stored_.width * stored_.channels);
  }

  void read(const PixelBox& box, int /*shrink*/, std::uint8_t* to) override {
    for (std::int64_t y = 0; y < box.top + box.height; ++y) {
      const bool wanted = y >= box.top;
      read_row(box, wanted ? to : nullptr);
      if (wanted) to += box.width * stored_.channels;
    }
  }

 private:
  /// A row of the file; its pixels in the box go to `to`, if that is not null.
  void read_row(const PixelBox& box, std::uint8_t* to) {
    const std::int64_t values = stored_.width * stored_.channels;
    const std::int64_t first = box.left * stored_.channels;
    const std::int64_t end = first + box.width * stored_.channels;
    const std::int64_t value_bytes = most_ > 255 ? 2 : 1;
    Bytes row;
    if (binary_) {
      row = reader_.take(static_cast<std::size_t>(bits_ ? (values + 7) / 8 : values * value_bytes));
    }
    for (std::int64_t i = 0; i < values; ++i) {
      if (binary_ && (to == nullptr || i < first || i >= end)) continue;
      const auto at = static_cast<std::size_t>(i);
      const std::uint32_t value = !binary_ ? text_value()
                                  : bits_  ? row[at / 8] >> (7 - at % 8) & 1U
                                  : value_bytes == 1
                                      ? row[at]
                                      : std::uint32_t{row[2 * at]} << 8 | row[2 * at + 1];
      if (value > most_) cannot_decode("PNM", "a pixel is above the greatest value of the header");
      // In a bitmap, 1 is black.
      if (to != nullptr && i >= first && i < end)
        *to++ =
            bits_ ? static_cast<std::uint8_t>(value == 0 ? 255 : 0) : to_eight_bits(value, most_);
    }
  }

  std::uint8_t after_space() {
    for (;;) {
      std::uint8_t c = reader_.byte();
      if (c == '#') {
        while (c != '\n' && c != '\r') c = reader_.byte();
      }
      if (std::isspace(c) == 0) return c;
    }
  }

  std::uint32_t number() {
    std::uint32_t value = digit(after_space());
    while (reader_.left() > 0) {
      const std::uint8_t c = reader_.byte();
      if (std::isdigit(c) == 0) {
        reader_.go_to(reader_.at() - 1);
        break;
      }
      if (value > 100'000'000) cannot_decode("PNM", "a number is too large");
      value = 10 * value + digit(c);
    }
    return value;
  }

  // The digits of a bitmap need no space between them.
  std::uint32_t text_value() { return bits_ ? digit(after_space()) : number(); }

  static std::uint32_t digit(std::uint8_t c) {
    if (std::isdigit(c) == 0) cannot_decode("PNM", "a number was expected where none is");
    return static_cast<std::uint32_t>(c - '0');
  }

  ByteReader reader_;
  bool binary_ = false, bits_ = false;
  std::uint32_t most_ = 1;  // the greatest value of a pixel
};

}  // namespace

const Format pnm_format{
    "PNM",
    [](Bytes file) {
      return file.size() >= 3 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' &&
             (std::isspace(file[2]) != 0 || file[2] == '#');
    },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<Pnm>(file); }};

}  // namespace ridgeline::image
