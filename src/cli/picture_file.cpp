#include "cli/picture_file.hpp"

#include <fmt/format.h>

#include "data/sources/image_files.hpp"
#include "image/encode_jpeg.hpp"
#include "image/encode_png.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::cli {
namespace {

bool is_jpeg(const std::string& file) {
  return data::has_extension(file, {"jpg", "jpeg"});
}

}  // namespace

void check_picture_file(const std::string& option, const std::string& file) {
  if (!is_jpeg(file) && !data::has_extension(file, {"png"})) {
    throw UsageError(fmt::format(
        "{} writes PNG or JPEG, as the end of the name says: {} ends in neither .png, .jpg nor "
        ".jpeg",
        option, file));
  }
  const AtomicFile can_be_written(file);
}

void write_picture(const std::string& file, const image::ImageView& picture) {
  const auto bytes = is_jpeg(file) ? image::encode_jpeg(picture) : image::encode_png(picture);
  write_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace ridgeline::cli
