#include "image/blur.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "image/shift.hpp"
#include "ridgeline/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/blur.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Levels have 7 binary places, so that the sum of two fits into 16 bits. Weights are in units of
// 1/65536, so the product is the upper half. It loses half a unit on average, which `start` makes
// up for.
void SymmetricSum(const std::uint8_t* from, std::int64_t step, std::int64_t bytes,
                  const std::uint16_t* weights, std::int64_t reach, std::uint8_t* to) {
  const std::int64_t last = 2 * reach;
  const auto start = static_cast<std::uint16_t>(64 + (reach + 1) / 2);
  std::int64_t x = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::uint16_t> d;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (; x + lanes <= bytes; x += lanes) {
    const auto load = [&](std::int64_t k)
                          HWY_ATTR { return hn::PromoteTo(d, hn::LoadU(d8, from + k * step + x)); };
    const auto product = [&](auto level, std::int64_t k) HWY_ATTR {
      return hn::MulHigh(hn::ShiftLeft<7>(level), hn::Set(d, weights[k]));
    };
    auto sum = hn::Add(hn::Set(d, start), product(load(reach), reach));
    for (std::int64_t k = 0; k < reach; ++k) {
      sum = hn::Add(sum, product(hn::Add(load(k), load(last - k)), k));
    }
    const auto level = hn::BitCast(hn::RebindToSigned<decltype(d)>(), hn::ShiftRight<7>(sum));
    hn::StoreU(hn::DemoteTo(d8, level), d8, to + x);
  }
#endif
  for (; x < bytes; ++x) {
    const auto product = [&](unsigned level, std::int64_t k) {
      return (level << 7) * weights[k] >> 16;
    };
    unsigned sum = start + product(from[reach * step + x], reach);
    for (std::int64_t k = 0; k < reach; ++k) {
      sum += product(unsigned{from[k * step + x]} + from[(last - k) * step + x], k);
    }
    to[x] = static_cast<std::uint8_t>(std::min(sum >> 7, 255U));
  }
}

/// Computes a row, except for its first and last pixel, from the row itself and the rows above and
/// below.
void SharpenRow(const std::uint8_t* row, std::int64_t step, std::int64_t bytes, float rest,
                std::uint8_t* to) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto one = [&](std::int64_t x) HWY_ATTR {
    const auto load = [&](std::int64_t at)
                          HWY_ATTR { return hn::PromoteTo(d32, hn::LoadU(d8, row + x + at)); };
    // Nine pixels. The one in the middle counts five times.
    const auto centre = load(0);
    auto sum = hn::ShiftLeft<2>(centre);
    for (const std::int64_t line : {-bytes, std::int64_t{0}, bytes}) {
      sum = hn::Add(sum, hn::Add(hn::Add(load(line - step), load(line)), load(line + step)));
    }
    // sum / 13, rounded to the nearest.
    const auto smooth =
        hn::ShiftRight<18>(hn::Mul(hn::Add(sum, hn::Set(d32, 6)), hn::Set(d32, 20165)));
    const auto less = hn::ConvertTo(d, hn::Sub(smooth, centre));
    const auto level = hn::Add(hn::ConvertTo(d, centre), hn::Mul(hn::Set(d, rest), less));
    // DemoteTo clamps to [0, 255].
    return hn::DemoteTo(d8, hn::ConvertTo(d32, level));
  };
  std::int64_t x = step;
  for (; x + lanes <= bytes - step; x += lanes) hn::StoreU(one(x), d8, to + x);
  // The last vector ends at the end of the row. Some of its pixels are computed twice.
  if (x < bytes - step && bytes - 2 * step >= lanes) {
    x = bytes - step - lanes;
    hn::StoreU(one(x), d8, to + x);
    return;
  }
  for (; x < bytes - step; ++x) {
    unsigned sum = 4U * row[x];
    for (const std::int64_t at : {x - bytes, x, x + bytes}) {
      sum += unsigned{row[at - step]} + row[at] + row[at + step];
    }
    const auto level = static_cast<float>(row[x]);
    const float less = static_cast<float>(((sum + 6) * 20165) >> 18) - level;
    to[x] = static_cast<std::uint8_t>(std::clamp(level + rest * less, 0.0F, 255.0F));
  }
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {
namespace {

HWY_EXPORT(SymmetricSum);
HWY_EXPORT(SharpenRow);

/// The first half and the centre of a Gaussian, whole numbers with the sum 65536.
std::vector<std::uint16_t> gaussian(int size, double sigma) {
  const int reach = size / 2;
  std::vector<double> shares;
  double sum = 0;
  for (int k = 0; k <= reach; ++k) {
    const double x = (k - reach) / sigma;
    shares.push_back(std::exp(-0.5 * x * x));
    sum += (k < reach ? 2 : 1) * shares.back();
  }
  std::vector<std::uint16_t> weights;
  long rest = 65536;
  for (int k = 0; k < reach; ++k) {
    weights.push_back(
        static_cast<std::uint16_t>(std::lround(shares[static_cast<std::size_t>(k)] / sum * 65536)));
    rest -= 2L * weights.back();
  }
  // The centre gets the rest: its weight is the largest, so rounding matters least there.
  weights.push_back(static_cast<std::uint16_t>(std::min(rest, 65535L)));
  return weights;
}

/// The row with `reach` reflected pixels at each end.
void reflect_ends(const std::uint8_t* row, std::int64_t width, std::int64_t channels,
                  std::int64_t reach, std::uint8_t* to) {
  const auto put = [&](std::int64_t x) {
    std::copy_n(row + reflected(x, width) * channels, channels, to + (x + reach) * channels);
  };
  for (std::int64_t x = -reach; x < 0; ++x) put(x);
  std::copy_n(row, width * channels, to + reach * channels);
  for (std::int64_t x = width; x < width + reach; ++x) put(x);
}

}  // namespace

void gaussian_blur(Image& image, int size, double sigma, BlurScratch& scratch) {
  if (size < 1 || size > 199 || size % 2 == 0) {
    throw UsageError(fmt::format("the size of a blur must be odd and from 1 to 199, not {}", size));
  }
  if (!(sigma > 0) || !std::isfinite(sigma)) {
    throw UsageError(fmt::format("the sigma of a blur must be above 0, not {}", sigma));
  }
  const std::vector<std::uint16_t> weights = gaussian(size, sigma);
  const std::int64_t reach = size / 2, bytes = image.width * image.channels;
  scratch.row.resize(static_cast<std::size_t>((image.width + 2 * reach) * image.channels));
  scratch.rows.resize(static_cast<std::size_t>((image.height + 2 * reach) * bytes));
  const auto blurred = [&](std::int64_t y) { return scratch.rows.data() + (y + reach) * bytes; };
  for (std::int64_t y = 0; y < image.height; ++y) {
    reflect_ends(image.pixels.data() + y * bytes, image.width, image.channels, reach,
                 scratch.row.data());
    HWY_DYNAMIC_DISPATCH(SymmetricSum)
    (scratch.row.data(), image.channels, bytes, weights.data(), reach, blurred(y));
  }
  for (std::int64_t y = 1; y <= reach; ++y) {
    std::copy_n(blurred(reflected(-y, image.height)), bytes, blurred(-y));
    const std::int64_t below = image.height - 1 + y;
    std::copy_n(blurred(reflected(below, image.height)), bytes, blurred(below));
  }
  for (std::int64_t y = 0; y < image.height; ++y) {
    HWY_DYNAMIC_DISPATCH(SymmetricSum)
    (blurred(y - reach), bytes, bytes, weights.data(), reach, image.pixels.data() + y * bytes);
  }
}

void adjust_sharpness(Image& image, double factor, BlurScratch& scratch) {
  if (image.height <= 2 || image.width <= 2) return;
  const std::int64_t bytes = image.width * image.channels;
  scratch.rows.assign(image.pixels.begin(), image.pixels.end());
  for (std::int64_t y = 1; y + 1 < image.height; ++y) {
    HWY_DYNAMIC_DISPATCH(SharpenRow)
    (scratch.rows.data() + y * bytes, image.channels, bytes, static_cast<float>(1 - factor),
     image.pixels.data() + y * bytes);
  }
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
