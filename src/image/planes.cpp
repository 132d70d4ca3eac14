#include "image/planes.hpp"

#include <fmt/format.h>

#include <cassert>

#include "ridgeline/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/planes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "image/quotient-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Stores numbers from `to` on or, if mirrored, in reverse order before `to`.
template <bool Mirrored, class D, class V8>
HWY_INLINE void Put(D d, V8 bytes, float* to) {
  const hn::Rebind<std::int32_t, D> di;
  const auto values = Quotient(d, hn::ConvertTo(d, hn::PromoteTo(di, bytes)));
  if constexpr (Mirrored) {
    hn::StoreU(hn::Reverse(d, values), d, to - hn::Lanes(d));
  } else {
    hn::StoreU(values, d, to);
  }
}

template <bool Mirrored>
void PlaneRow(const std::uint8_t* from, std::size_t width, std::size_t channels, std::size_t plane,
              float* to) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  // The place of pixel x or, if mirrored, the place after it.
  const auto at = [&](std::size_t x) { return to + (Mirrored ? width - x : x); };
  std::size_t x = 0;
  if (channels == 1) {
    for (; x + lanes <= width; x += lanes) Put<Mirrored>(d, hn::LoadU(d8, from + x), at(x));
  } else {
    for (; x + lanes <= width; x += lanes) {
      hn::Vec<decltype(d8)> red, green, blue;
      hn::LoadInterleaved3(d8, from + 3 * x, red, green, blue);
      Put<Mirrored>(d, red, at(x));
      Put<Mirrored>(d, green, at(x) + plane);
      Put<Mirrored>(d, blue, at(x) + 2 * plane);
    }
  }
  for (; x < width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      (at(x) + c * plane)[Mirrored ? -1 : 0] = static_cast<float>(from[x * channels + c]) / 255.0F;
    }
  }
}

void Planes(const std::uint8_t* from, std::int64_t height, std::size_t width, std::size_t channels,
            bool mirrored, float* to) {
  const std::size_t plane = static_cast<std::size_t>(height) * width;
  for (std::int64_t y = 0; y < height; ++y, from += width * channels, to += width) {
    if (mirrored) {
      PlaneRow<true>(from, width, channels, plane, to);
    } else {
      PlaneRow<false>(from, width, channels, plane, to);
    }
  }
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {

HWY_EXPORT(Planes);

void to_planes(const ImageView& image, bool mirrored, std::span<float> to) {
  assert(image.channels == 1 || image.channels == 3);
  assert(to.size() == image.pixels.size());
  HWY_DYNAMIC_DISPATCH(Planes)
  (image.pixels.data(), image.height, static_cast<std::size_t>(image.width),
   static_cast<std::size_t>(image.channels), mirrored, to.data());
}

Image to_channels(Image image, std::int64_t channels) {
  if (channels != 1 && channels != 3) {
    throw UsageError(fmt::format("image files give 1 or 3 channels, not {}", channels));
  }
  if (image.channels == channels) return image;
  const auto pixels = static_cast<std::size_t>(image.height * image.width);
  Image out{channels, image.height, image.width,
            std::vector<std::uint8_t>(pixels * static_cast<std::size_t>(channels))};
  for (std::size_t i = 0; i < pixels; ++i) {
    if (channels == 3) {
      for (std::size_t c = 0; c < 3; ++c) out.pixels[3 * i + c] = image.pixels[i];
    } else {
      out.pixels[i] = grey_level(image.pixels.data() + 3 * i);
    }
  }
  return out;
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
