#include "data/sources/decode.hpp"

#include "data/formats/image.hpp"

namespace ridgeline::data {

ridgeline::Image decode_file(std::span<const std::uint8_t> bytes, const ImageRequest&,
                             std::string_view name) {
  data::Image image = decode_image(bytes, name);
  return {image.channels, image.height, image.width, std::move(image.pixels)};
}

Shape shape_of_file(std::span<const std::uint8_t> bytes, std::string_view name) {
  const data::Image image = decode_image(bytes, name);
  return {image.channels, image.height, image.width};
}

}  // namespace ridgeline::data
