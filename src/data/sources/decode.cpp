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

Shape shape_of(const image::Header& header) {
  return {header.channels, header.height, header.width};
}

}  // namespace

void decode_file(std::span<const std::uint8_t> bytes, const SampleSource::Choose& choose,
                 std::string_view name, DecodedImage& to) {
  const auto choose_by_header = [&](const image::Header& header) {
    return choose(shape_of(header));
  };
  named(name, [&] { image::decode_box(bytes, choose_by_header, to); });
}

Shape shape_of_file(std::span<const std::uint8_t> bytes, std::string_view name) {
  return named(name, [&] { return shape_of(image::read_header(bytes)); });
}

}  // namespace ridgeline::data
