#include "data/sources/decode.hpp"

#include <fmt/format.h>

#include "image/decode.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

// The decoders do not know the file's name.
template <typename Decode>
auto named(std::string_view name, Decode decode) {
  try {
    return decode();
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", name, error.what()));
  }
}

Shape shape_of_header(std::span<const std::uint8_t> bytes) {
  const image::Header header = image::read_header(bytes);
  return {header.channels, header.height, header.width};
}

}  // namespace

void decode_file(std::span<const std::uint8_t> bytes, const SampleSource::Choose& choose,
                 std::string_view name, DecodedImage& to) {
  named(name, [&] { image::decode_box(bytes, choose(shape_of_header(bytes)), to); });
}

Shape shape_of_file(std::span<const std::uint8_t> bytes, std::string_view name) {
  return named(name, [&] { return shape_of_header(bytes); });
}

}  // namespace ridgeline::data
