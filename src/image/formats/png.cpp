// PNG by libpng, row by row.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "image/decoder.hpp"
#include "image/mix.hpp"
#include "image/orient.hpp"

namespace ridgeline::image {
namespace {

constexpr std::size_t signature_bytes = 8;

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

/// The content of the first chunk of a type; empty if the file has no such chunk.
Bytes chunk(Bytes file, std::string_view type) {
  for (std::size_t at = signature_bytes; file.size() >= at + 12;) {
    const std::size_t length = big_endian(file, at);
    if (length > file.size() - at - 12) break;
    if (begins_with(file.subspan(at + 4), type)) return file.subspan(at + 8, length);
    at += 12 + length;
  }
  return {};
}

class Png : public Decoder {
 public:
  explicit Png(Bytes file) : file_(file) {
    // libpng reads the header again, and does all other checks.
    if (file.size() < signature_bytes + 25 || !begins_with(file.subspan(12), "IHDR")) {
      cannot_decode("PNG", "it is cut short in its header");
    }
    const unsigned depth = file[24], colour_type = file[25];
    constexpr double most_ratio = 1032;  // of deflate's compression
    interlaced_ = file[28] != 0;
    stored_ = {.channels = (colour_type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1,
               .height = big_endian(file, 20),
               .width = big_endian(file, 16),
               .orientation = exif_orientation(chunk(file, "eXIf")),
               .extra_per_pixel = interlaced_ ? 4 : 0};
    stored_.least_row_bytes = static_cast<double>(stored_.width * depth) / 8 / most_ratio;
  }
  ~Png() override { destroy(); }

  void read(const PixelBox& box, int /*shrink*/, std::uint8_t* to) override {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, failed, [](png_structp, auto) {});
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) out_of_memory();
    guarded([&] { begin(); });
    const std::size_t row_bytes = png_get_rowbytes(png_, info_);
    std::vector<std::uint8_t> rows(row_bytes *
                                   static_cast<std::size_t>(interlaced_ ? stored_.height : 1));
    if (interlaced_) {
      guarded([&] { read_all(rows.data(), row_bytes); });
      for (std::int64_t y = 0; y < box.height; ++y) {
        convert(rows.data() + static_cast<std::size_t>(box.top + y) * row_bytes, box, y, to);
      }
    } else {
      guarded([&] {
        for (std::int64_t y = 0; y < box.top + box.height; ++y) {
          png_read_row(png_, rows.data(), nullptr);
          if (y >= box.top) convert(rows.data(), box, y - box.top, to);
        }
      });
    }
  }

 private:
  static void failed(png_structp png, png_const_charp message) {
    auto* self = static_cast<Png*>(png_get_error_ptr(png));
    std::strncpy(self->message_, message, sizeof self->message_ - 1);
    std::longjmp(self->give_up_, 1);
  }
  static void next_bytes(png_structp png, png_bytep to, std::size_t count) {
    auto* self = static_cast<Png*>(png_get_io_ptr(png));
    if (count > self->file_.size() - self->read_) png_error(png, "it is cut short");
    std::copy_n(self->file_.data() + self->read_, count, to);
    self->read_ += count;
  }

  /// Runs `action`, which calls libpng. Nothing in it may need a destructor, since errors skip
  /// them.
  template <typename Action>
  void guarded(Action action) {
    if (setjmp(give_up_) != 0) {
      destroy();
      cannot_decode("PNG", message_);
    }
    action();
  }
  void destroy() { png_destroy_read_struct(&png_, &info_, nullptr); }

  void begin() {
    png_set_read_fn(png_, this, next_bytes);
    // Text, profiles and gamma values are not needed, so a damaged one does no harm.
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);  // decode() has checked the size
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    channels_ = png_get_channels(png_, info_);
  }

  void read_all(std::uint8_t* rows, std::size_t row_bytes) {
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
      for (std::int64_t y = 0; y < stored_.height; ++y) {
        png_read_row(png_, rows + static_cast<std::size_t>(y) * row_bytes, nullptr);
      }
    }
  }

  void convert(const std::uint8_t* row, const PixelBox& box, std::int64_t y,
               std::uint8_t* to) const {
    const auto width = static_cast<std::size_t>(box.width);
    const auto kept = static_cast<std::size_t>(stored_.channels);
    row += static_cast<std::size_t>(box.left) * channels_;
    to += static_cast<std::size_t>(y) * width * kept;
    if (channels_ == kept) {
      std::copy_n(row, width * kept, to);
    } else {
      mix_with_white(row, width, channels_ - 1, kept, to);
    }
  }

  Bytes file_;
  std::size_t read_ = 0;
  bool interlaced_ = false;
  std::size_t channels_ = 0;  // of libpng's rows
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf give_up_{};
  char message_[256] = {};
};

}  // namespace

const Format png_format{
    "PNG", [](Bytes file) { return begins_with(file, "\x89PNG\r\n\x1a\n"); },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<Png>(file); }};

}  // namespace ridgeline::image
