// JPEG by libjpeg-turbo. It decodes at 1/2, 1/4 or 1/8 if that is enough, and only the box.
#include <algorithm>
#include <array>

#include "image/decoder.hpp"
#include "image/jpeg_errors.hpp"
#include "image/mix.hpp"
#include "image/orient.hpp"

// It needs jpeglib.h, which jpeg_errors.hpp includes.
#include <jerror.h>

namespace ridgeline::image {
namespace {

// If data are missing or damaged, libjpeg only warns, and continues with grey or with noise.
void warned(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
      give_up(jpeg);
    default:
      break;
  }
}

// A small file can hold so many scans that decoding them takes hours.
void progressed(j_common_ptr jpeg) {
  constexpr int most_scans = 500;
  if (!jpeg->is_decompressor) return;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > most_scans) {
    auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
    std::snprintf(errors->message.data(), errors->message.size(), "it has more than %d scans",
                  most_scans);
    std::longjmp(errors->give_up, 1);
  }
}

/// The orientation that an APP1 segment before the image data gives.
int orientation_of(Bytes file) {
  using namespace std::string_view_literals;
  std::size_t at = 2;
  while (at + 4 <= file.size() && file[at] == 0xff) {
    const std::uint8_t marker = file[at + 1];
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    const std::size_t length = std::size_t{file[at + 2]} << 8 | file[at + 3];
    if (marker == 0xda || marker == 0xd9 || length < 2 || length > file.size() - at - 2) break;
    const Bytes content = file.subspan(at + 4, length - 2);
    if (marker == 0xe1 && begins_with(content, "Exif\0\0"sv)) return exif_orientation(content);
    at += 2 + length;
  }
  return 1;
}

class Jpeg : public Decoder {
 public:
  explicit Jpeg(Bytes file) {
    jpeg_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = give_up;
    errors_.manager.emit_message = warned;
    guarded([&] {
      jpeg_create_decompress(&jpeg_);
      progress_.progress_monitor = progressed;
      jpeg_.progress = &progress_;
      jpeg_mem_src(&jpeg_, file.data(), file.size());
      jpeg_read_header(&jpeg_, TRUE);
    });
    if (jpeg_.num_components != 1 && jpeg_.num_components != 3 && jpeg_.num_components != 4) {
      destroy();
      cannot_decode("JPEG", "it has neither 1, 3 nor 4 components");
    }
    stored_ = {.channels = jpeg_.num_components == 1 ? 1 : 3,
               .height = jpeg_.image_height,
               .width = jpeg_.image_width,
               .orientation = orientation_of(file),
               .most_shrink = 8};
    if (jpeg_has_multiple_scans(&jpeg_)) {  // libjpeg keeps all coefficients
      stored_.extra_per_pixel = jpeg_.num_components * static_cast<int>(sizeof(JCOEF));
    }
  }
  ~Jpeg() override { destroy(); }

  void read(const PixelBox& box, int shrink, std::uint8_t* to) override {
    jpeg_.scale_num = 1;
    jpeg_.scale_denom = static_cast<unsigned>(shrink);
    jpeg_.out_color_space = stored_.channels == 1       ? JCS_GRAYSCALE
                            : jpeg_.num_components == 3 ? JCS_RGB
                                                        : JCS_CMYK;
    guarded([&] { jpeg_start_decompress(&jpeg_); });
    left_ = 0;
    width_ = jpeg_.output_width;
    if (box.width < width_) guarded([&] { crop_columns(box); });
    const bool copied = jpeg_.output_components == 4 || width_ != box.width;
    row_.resize(copied ? static_cast<std::size_t>(width_ * jpeg_.output_components) : 0);
    guarded([&] { read_rows(box, to); });
  }

 private:
  /// Runs `action`, which calls libjpeg. Nothing in it may need a destructor, since errors skip
  /// them.
  template <typename Action>
  void guarded(Action action) {
    if (setjmp(errors_.give_up) != 0) {
      destroy();
      if (errors_.manager.msg_code == JERR_OUT_OF_MEMORY) out_of_memory();
      cannot_decode("JPEG", errors_.message.data());
    }
    action();
  }
  void destroy() { jpeg_destroy_decompress(&jpeg_); }

  // The first and last columns that libjpeg gives differ from those of the whole image, since they
  // lack neighbours for the interpolation of colour. So we ask for a few more columns.
  void crop_columns(const PixelBox& box) {
    constexpr std::int64_t margin = 8;
    const std::int64_t first = std::max<std::int64_t>(0, box.left - margin);
    const std::int64_t end =
        std::min<std::int64_t>(jpeg_.output_width, box.left + box.width + margin);
    auto left = static_cast<JDIMENSION>(first), width = static_cast<JDIMENSION>(end - first);
    jpeg_crop_scanline(&jpeg_, &left, &width);
    left_ = left;
    width_ = width;
  }

  void read_rows(const PixelBox& box, std::uint8_t* to) {
    if (box.top > 0) jpeg_skip_scanlines(&jpeg_, static_cast<JDIMENSION>(box.top));
    const auto components = static_cast<std::size_t>(jpeg_.output_components);
    const auto width = static_cast<std::size_t>(box.width);
    const std::size_t stride = width * static_cast<std::size_t>(stored_.channels);
    const std::size_t skipped = static_cast<std::size_t>(box.left - left_) * components;
    for (std::int64_t y = 0; y < box.height; ++y, to += stride) {
      JSAMPROW row = row_.empty() ? to : row_.data();
      jpeg_read_scanlines(&jpeg_, &row, 1);
      if (components == 4) {
        cmyk_to_rgb(row + skipped, width, jpeg_.saw_Adobe_marker != 0, to);
      } else if (!row_.empty()) {
        std::copy_n(row + skipped, stride, to);
      }
    }
    // Finds files that have all rows, but are cut short before the end marker.
    if (jpeg_.output_scanline == jpeg_.output_height) jpeg_finish_decompress(&jpeg_);
  }

  jpeg_decompress_struct jpeg_{};
  jpeg_progress_mgr progress_{};
  JpegErrors errors_{};
  std::int64_t left_ = 0, width_ = 0;  // the columns that libjpeg gives
  std::vector<std::uint8_t> row_;
};

}  // namespace

const Format jpeg_format{
    "JPEG", [](Bytes file) { return begins_with(file, "\xff\xd8\xff"); },
    [](Bytes file) -> std::unique_ptr<Decoder> { return std::make_unique<Jpeg>(file); }};

}  // namespace ridgeline::image
