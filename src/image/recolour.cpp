#include "image/recolour.hpp"

#include <cstring>

#include "image/planes.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/recolour.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
using Numbers = hn::Vec<D>;

/// Calls change(d, r, g, b) for all pixels. It changes the vectors, which have numbers from 0 to
/// 255. The results lose their fractions and are clamped to [0, 255].
template <typename Change>
HWY_INLINE void ForPixels(std::uint8_t* pixels, std::size_t count, const Change& change) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  const auto one = [&](std::uint8_t* at) HWY_ATTR {
    hn::Vec<decltype(d8)> r8, g8, b8;
    hn::LoadInterleaved3(d8, at, r8, g8, b8);
    auto r = hn::ConvertTo(d, hn::PromoteTo(d32, r8));
    auto g = hn::ConvertTo(d, hn::PromoteTo(d32, g8));
    auto b = hn::ConvertTo(d, hn::PromoteTo(d32, b8));
    change(d, r, g, b);
    // DemoteTo clamps to [0, 255].
    const auto bytes = [&](auto v) HWY_ATTR { return hn::DemoteTo(d8, hn::ConvertTo(d32, v)); };
    hn::StoreInterleaved3(bytes(r), bytes(g), bytes(b), d8, at);
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) one(pixels + 3 * i);
  if (i < count) {
    std::uint8_t rest[3 * HWY_MAX_BYTES] = {};
    std::memcpy(rest, pixels + 3 * i, 3 * (count - i));
    one(rest);
    std::memcpy(pixels + 3 * i, rest, 3 * (count - i));
  }
}

/// 0.2989 R + 0.587 G + 0.114 B, rounded down.
template <class D, class V>
HWY_INLINE V Grey(D d, V r, V g, V b) {
  const auto sum = hn::Add(hn::Add(hn::Mul(r, hn::Set(d, 0.2989F)), hn::Mul(g, hn::Set(d, 0.587F))),
                           hn::Mul(b, hn::Set(d, 0.114F)));
  return hn::Floor(sum);
}

void Saturate(std::uint8_t* pixels, std::size_t count, float factor, float rest) {
  ForPixels(pixels, count, [&](auto d, auto& r, auto& g, auto& b) HWY_ATTR {
    const auto grey = hn::Mul(Grey(d, r, g, b), hn::Set(d, rest));
    const auto by = hn::Set(d, factor);
    r = hn::Add(hn::Mul(r, by), grey);
    g = hn::Add(hn::Mul(g, by), grey);
    b = hn::Add(hn::Mul(b, by), grey);
  });
}

/// The hue runs from 0 to 6: 0 is red, 2 green and 4 blue.
void TurnHue(std::uint8_t* pixels, std::size_t count, float turn) {
  ForPixels(pixels, count, [&](auto d, auto& r, auto& g, auto& b) HWY_ATTR {
    const auto zero = hn::Zero(d), one = hn::Set(d, 1.0F), four = hn::Set(d, 4.0F),
               six = hn::Set(d, 6.0F);
    const auto most = hn::Max(r, hn::Max(g, b)), least = hn::Min(r, hn::Min(g, b));
    const auto range = hn::Sub(most, least);
    const auto part = hn::Div(one, hn::Max(range, one));  // the hue of a grey pixel does not matter
    const auto of_red = hn::Mul(hn::Sub(g, b), part);
    const auto of_green = hn::Add(hn::Mul(hn::Sub(b, r), part), hn::Set(d, 2.0F));
    const auto of_blue = hn::Add(hn::Mul(hn::Sub(r, g), part), four);
    auto hue =
        hn::IfThenElse(hn::Eq(most, r), of_red, hn::IfThenElse(hn::Eq(most, g), of_green, of_blue));
    hue = hn::Add(hue, hn::Set(d, turn));
    // Within 1 of its own hue, a channel has the largest value; beyond 2, the least. In between it
    // is linear.
    const auto scale = hn::Set(d, 255.999F / 255.0F);  // as torchvision converts to bytes
    const auto channel = [&](float own) HWY_ATTR {
      auto k = hn::Add(hue, hn::Set(d, own));
      k = hn::Sub(k, hn::Mul(six, hn::Floor(hn::Mul(k, hn::Set(d, 1.0F / 6)))));
      const auto less = hn::Min(hn::Max(hn::Min(k, hn::Sub(four, k)), zero), one);
      return hn::Mul(hn::Sub(most, hn::Mul(range, less)), scale);
    };
    r = channel(5);
    g = channel(3);
    b = channel(1);
  });
}

double SumOfGrey(const std::uint8_t* pixels, std::size_t count) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  const auto grey = [&](const std::uint8_t* at) HWY_ATTR {
    hn::Vec<decltype(d8)> r, g, b;
    hn::LoadInterleaved3(d8, at, r, g, b);
    const auto number = [&](auto v) HWY_ATTR { return hn::ConvertTo(d, hn::PromoteTo(d32, v)); };
    return Grey(d, number(r), number(g), number(b));
  };
  double sum = 0;
  std::size_t i = 0;
  while (i + lanes <= count) {
    // So many numbers can be summed in single precision without error.
    auto part = hn::Zero(d);
    for (std::size_t k = 0; k < 4096 && i + lanes <= count; ++k, i += lanes) {
      part = hn::Add(part, grey(pixels + 3 * i));
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, part)));
  }
  if (i < count) {
    std::uint8_t rest[3 * HWY_MAX_BYTES] = {};
    std::memcpy(rest, pixels + 3 * i, 3 * (count - i));
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, grey(rest))));
  }
  return sum;
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {

HWY_EXPORT(Saturate);
HWY_EXPORT(TurnHue);
HWY_EXPORT(SumOfGrey);

void adjust_saturation(Image& image, double factor) {
  if (image.channels != 3) return;
  HWY_DYNAMIC_DISPATCH(Saturate)
  (image.pixels.data(), image.pixels.size() / 3, static_cast<float>(factor),
   static_cast<float>(1 - factor));
}

void adjust_hue(Image& image, double part) {
  if (image.channels != 3) return;
  HWY_DYNAMIC_DISPATCH(TurnHue)
  (image.pixels.data(), image.pixels.size() / 3, static_cast<float>(6 * part));
}

void make_grey(Image& image) {
  if (image.channels != 3) return;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    std::uint8_t* rgb = image.pixels.data() + i;
    rgb[0] = rgb[1] = rgb[2] = grey_level(rgb);
  }
}

double mean_grey(const Image& image) {
  if (image.channels == 3) {
    const std::size_t pixels = image.pixels.size() / 3;
    return HWY_DYNAMIC_DISPATCH(SumOfGrey)(image.pixels.data(), pixels) /
           static_cast<double>(pixels);
  }
  std::int64_t sum = 0;
  for (const std::uint8_t pixel : image.pixels) sum += pixel;
  return static_cast<double>(sum) / static_cast<double>(image.pixels.size());
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
