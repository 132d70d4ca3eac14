#include "image/decode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "image/decoder.hpp"
#include "image/foreign.hpp"
#include "image/orient.hpp"
#include "ridgeline/error.hpp"
#include "tensor/memory.hpp"

namespace ridgeline::image {
namespace {

struct Open {
  const Format* format = nullptr;
  std::unique_ptr<Decoder> decoder;
};

Open open(Bytes file) {
  const auto* const found = std::find_if(formats.begin(), formats.end(),
                                         [&](const Format* one) { return one->recognises(file); });
  if (found == formats.end()) throw DataError(not_an_image(file));
  Open open{*found, (*found)->open(file)};
  const Stored& stored = open.decoder->stored();
  if (stored.width < 1 || stored.height < 1) cannot_decode((*found)->name, "it has no pixels");
  if (stored.height > most_pixels / stored.width) {
    cannot_decode((*found)->name,
                  fmt::format("it claims {} x {} pixels, and the limit is {} pixels", stored.width,
                              stored.height, most_pixels));
  }
  // A short file that claims a large image must not take memory.
  if (stored.least_row_bytes * static_cast<double>(stored.height) >
      static_cast<double>(file.size())) {
    cannot_decode((*found)->name, "it is cut short");
  }
  return open;
}

bool turned(const Stored& stored) {
  return stored.orientation >= 5;
}

Header header_of(const Open& open) {
  const Stored& stored = open.decoder->stored();
  Header header{open.format->name, stored.channels, stored.height, stored.width,
                stored.orientation};
  if (turned(stored)) std::swap(header.height, header.width);
  return header;
}

void check_box(const PixelBox& box, const Header& header) {
  if (box.left < 0 || box.top < 0 || box.width < 1 || box.height < 1 || box.width > header.width ||
      box.height > header.height || box.left > header.width - box.width ||
      box.top > header.height - box.height) {
    throw UsageError(fmt::format(
        "the box of {} x {} pixels at ({}, {}) must be inside of the image of {} x {} pixels",
        box.width, box.height, box.left, box.top, header.width, header.height));
  }
}

std::int64_t scaled(std::int64_t size, int shrink) {
  return (size + shrink - 1) / shrink;
}

}  // namespace

int shrink_of(const PixelBox& box, const ImageRequest& request, int most) {
  if (request.height < 1 || request.width < 1) return 1;
  int shrink = 1;
  for (std::int64_t next = 2;
       next <= most && box.height / next >= request.height && box.width / next >= request.width;
       next *= 2) {
    shrink = static_cast<int>(next);
  }
  return shrink;
}

Header read_header(Bytes file) {
  return header_of(open(file));
}

Decoded decode_box(Bytes file, const ImageRequest& request) {
  Decoded decoded;
  decode_box(file, request, decoded);
  return decoded;
}

void decode_box(Bytes file, const ImageRequest& request, Decoded& to) {
  decode_box(
      file, [&](const Header&) { return request; }, to);
}

void decode_box(Bytes file, const ChooseRequest& choose, Decoded& to) {
  const Open source = open(file);
  const Stored& stored = source.decoder->stored();
  const Header header = header_of(source);
  const ImageRequest request = choose(header);
  const PixelBox seen = request.box.value_or(PixelBox{0, 0, header.width, header.height});
  check_box(seen, header);
  const int shrink = shrink_of(seen, request, stored.most_shrink);
  const PixelBox box = to_stored(seen, {stored.height, stored.width}, stored.orientation);

  // Whole pixels of the smaller image that cover the box.
  PixelBox region{box.left / shrink, box.top / shrink, 0, 0};
  region.width = scaled(box.left + box.width, shrink) - region.left;
  region.height = scaled(box.top + box.height, shrink) - region.top;

  const std::int64_t bytes = stored.channels * region.height * region.width;
  require_memory(static_cast<std::size_t>(bytes * (stored.orientation > 1 ? 2 : 1) +
                                          stored.extra_per_pixel * stored.height * stored.width),
                 "decode an image");
  Image& image = to.image;
  image.channels = stored.channels;
  image.height = region.height;
  image.width = region.width;
  image.pixels.resize(static_cast<std::size_t>(bytes));
  source.decoder->read(region, shrink, image.pixels.data());

  const double scale = 1.0 / shrink;
  const RealBox real{static_cast<double>(box.left) * scale - static_cast<double>(region.left),
                     static_cast<double>(box.top) * scale - static_cast<double>(region.top),
                     static_cast<double>(box.width) * scale,
                     static_cast<double>(box.height) * scale};
  if (stored.orientation != 1) image = orient(std::move(image), stored.orientation);
  to.box = to_seen(real, {region.height, region.width}, stored.orientation);
}

Image decode(Bytes file, const ImageRequest& request) {
  return decode_box(file, request).image;
}

std::string format_names() {
  std::string names;
  for (const Format* format : formats) {
    if (!names.empty()) names += format == formats.back() ? " and " : ", ";
    names += format->name;
  }
  return names;
}

void cannot_decode(std::string_view format, std::string_view what) {
  throw DataError(fmt::format("the {} file cannot be decoded: {}", format, what));
}

void out_of_memory() {
  throw ResourceError("there is not enough memory to decode an image");
}

bool begins_with(Bytes file, std::string_view signature) {
  return file.size() >= signature.size() &&
         std::equal(signature.begin(), signature.end(), file.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

}  // namespace ridgeline::image
