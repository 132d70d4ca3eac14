#include "image/kernels.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// The vectors below assume that packing works within blocks of 128 bits.
#undef RIDGELINE_IMAGE_VECTORS
#if HWY_TARGET != HWY_SCALAR && !HWY_HAVE_SCALABLE
#define RIDGELINE_IMAGE_VECTORS 1
#else
#define RIDGELINE_IMAGE_VECTORS 0
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int shift = Taps::shift, split = Taps::split, half = 1 << (shift - 1);

inline std::uint8_t Clip(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp((sum + half) >> shift, 0, 255));
}

// Computes a pixel of a row without vectors.
inline void PlainPixel(const std::uint8_t* row, std::int64_t channels, const Taps& taps,
                       std::int64_t i, std::uint8_t* to) {
  const std::uint8_t* from = row + taps.first[static_cast<std::size_t>(i)] * channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; ++k) {
      sum += from[k * channels + c] * taps.weight(i, k);
    }
    to[c] = Clip(sum);
  }
}

#if !RIDGELINE_IMAGE_VECTORS

void Row1(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  for (std::int64_t i = 0; i < taps.outputs(); ++i) PlainPixel(row, 1, taps, i, to + i);
}
void Row3(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  for (std::int64_t i = 0; i < taps.outputs(); ++i) PlainPixel(row, 3, taps, i, to + 3 * i);
}

#else

// a[2i] b[2i] + a[2i+1] b[2i+1] + sum[i].
template <class D, class V16, class V32>
HWY_INLINE V32 AddPairs(D d32, V16 a, V16 b, V32 sum) {
#if HWY_ARCH_X86
  V32 unused = hn::Zero(d32);
  return hn::ReorderWidenMulAccumulate(d32, a, b, sum, unused);
#else
  const auto a32 = hn::BitCast(d32, a), b32 = hn::BitCast(d32, b);
  const auto low = [](auto v) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  sum = hn::Add(sum, hn::Mul(low(a32), low(b32)));
  return hn::Add(sum, hn::Mul(hn::ShiftRight<16>(a32), hn::ShiftRight<16>(b32)));
#endif
}

// Adds the high and low parts of weighted sums.
template <class V32>
HWY_INLINE V32 Join(V32 high, V32 low) {
  return hn::Add(hn::ShiftLeft<split>(high), low);
}

// Eight taps at a time.
void Row1(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::int16_t, 8> d16;
  const hn::FixedTag<std::uint8_t, 8> d8;
  const std::int16_t *highs = taps.high.data(), *lows = taps.low.data();
  for (std::int64_t i = 0; i < taps.outputs(); ++i, highs += taps.stride, lows += taps.stride) {
    const std::uint8_t* from = row + taps.first[static_cast<std::size_t>(i)];
    auto high = hn::Zero(d32), low = hn::Zero(d32);
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; k += 8) {
      const auto pixels = hn::PromoteTo(d16, hn::LoadU(d8, from + k));
      high = AddPairs(d32, pixels, hn::LoadU(d16, highs + k), high);
      low = AddPairs(d32, pixels, hn::LoadU(d16, lows + k), low);
    }
    to[i] = Clip(hn::GetLane(hn::SumOfLanes(d32, Join(high, low))));
  }
}

// Two taps of three channels use six of eight 16-bit numbers.
void Row3(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::int16_t, 8> d16;
  const hn::FixedTag<std::uint8_t, 16> d8;
  const hn::FixedTag<std::uint8_t, 4> d_bytes;
  // Tables that turn bytes r g b r g b ... into pairs of channels. 0x80 gives 0.
  alignas(16) static constexpr std::uint8_t first_pair[16] = {
      0, 0x80, 3, 0x80, 1, 0x80, 4, 0x80, 2, 0x80, 5, 0x80, 0x80, 0x80, 0x80, 0x80};
  alignas(16) static constexpr std::uint8_t second_pair[16] = {
      6, 0x80, 9, 0x80, 7, 0x80, 10, 0x80, 8, 0x80, 11, 0x80, 0x80, 0x80, 0x80, 0x80};
  const auto first = hn::Load(d8, first_pair), second = hn::Load(d8, second_pair);
  const auto pair = [&](auto weights) { return hn::BitCast(d16, weights); };
  const std::int16_t *highs = taps.high.data(), *lows = taps.low.data();
  for (std::int64_t i = 0; i < taps.outputs(); ++i, highs += taps.stride, lows += taps.stride) {
    const std::uint8_t* from = row + 3 * taps.first[static_cast<std::size_t>(i)];
    auto high = hn::Zero(d32), low = hn::Set(d32, half);
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; k += 4) {
      const auto pixels = hn::LoadU(d8, from + 3 * k);
      const auto a = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, first));
      const auto b = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, second));
      // A pair of weights is loaded as a 32-bit number.
      const auto h = hn::BitCast(d32, hn::LoadU(d16, highs + k));
      const auto l = hn::BitCast(d32, hn::LoadU(d16, lows + k));
      high = AddPairs(d32, a, pair(hn::Broadcast<0>(h)), high);
      low = AddPairs(d32, a, pair(hn::Broadcast<0>(l)), low);
      high = AddPairs(d32, b, pair(hn::Broadcast<1>(h)), high);
      low = AddPairs(d32, b, pair(hn::Broadcast<1>(l)), low);
    }
    const auto bytes = hn::DemoteTo(d_bytes, hn::ShiftRight<shift>(Join(high, low)));
    // Stores four bytes. The next pixel overwrites the last one.
    if (i + 1 < taps.outputs()) {
      hn::StoreU(bytes, d_bytes, to + 3 * i);
    } else {
      alignas(16) std::uint8_t last[16];
      hn::StoreU(bytes, d_bytes, last);
      std::copy_n(last, 3, to + 3 * i);
    }
  }
}

#endif

void Row(const std::uint8_t* row, std::int64_t channels, const Taps& taps, std::uint8_t* to) {
  if (channels == 1) {
    Row1(row, taps, to);
  } else {
    Row3(row, taps, to);
  }
}

void PlainColumn(const std::uint8_t* rows, std::int64_t bytes, const Taps& taps,
                 std::int64_t output, std::int64_t begin, std::uint8_t* to) {
  const auto i = static_cast<std::size_t>(output);
  for (std::int64_t x = begin; x < bytes; ++x) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < taps.count[i]; ++k) {
      sum += rows[(taps.first[i] + k) * bytes + x] * taps.weight(output, k);
    }
    to[x] = Clip(sum);
  }
}

void Column(const std::uint8_t* rows, std::int64_t bytes, const Taps& taps, std::int64_t output,
            std::uint8_t* to) {
  std::int64_t x = 0;
#if RIDGELINE_IMAGE_VECTORS
  const hn::ScalableTag<std::int16_t> d16;
  const hn::Repartition<std::int32_t, decltype(d16)> d32;
  const hn::Rebind<std::uint8_t, decltype(d16)> d8;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d16));
  const auto i = static_cast<std::size_t>(output);
  const std::uint8_t* from = rows + taps.first[i] * bytes;
  const std::int64_t count = taps.count[i];
  const auto at = static_cast<std::size_t>(output * taps.stride);
  // Two weights as one 32-bit number.
  const auto pair = [&](const std::vector<std::int16_t>& weights, std::int64_t k) {
    std::int32_t two;
    std::memcpy(&two, weights.data() + at + k, sizeof two);
    return hn::BitCast(d16, hn::Set(d32, two));
  };
  for (; x + lanes <= bytes; x += lanes) {
    // Sums of the lower and the upper halves of blocks of 128 bits.
    auto lower_high = hn::Zero(d32), upper_high = lower_high;
    auto lower_low = hn::Set(d32, half), upper_low = lower_low;
    for (std::int64_t k = 0; k < count; k += 2) {
      // Two rows. If the count is odd, the last row has no partner: any row will do, as its weight
      // is 0.
      const std::uint8_t* row = from + k * bytes + x;
      const auto a = hn::PromoteTo(d16, hn::LoadU(d8, row));
      const auto b = hn::PromoteTo(d16, hn::LoadU(d8, k + 1 < count ? row + bytes : row));
      const auto lower = hn::InterleaveLower(d16, a, b), upper = hn::InterleaveUpper(d16, a, b);
      const auto high = pair(taps.high, k), low = pair(taps.low, k);
      lower_high = AddPairs(d32, lower, high, lower_high);
      lower_low = AddPairs(d32, lower, low, lower_low);
      upper_high = AddPairs(d32, upper, high, upper_high);
      upper_low = AddPairs(d32, upper, low, upper_low);
    }
    // This joins the halves again.
    const auto packed =
        hn::ReorderDemote2To(d16, hn::ShiftRight<shift>(Join(lower_high, lower_low)),
                             hn::ShiftRight<shift>(Join(upper_high, upper_low)));
    hn::StoreU(hn::DemoteTo(d8, packed), d8, to + x);
  }
#endif
  PlainColumn(rows, bytes, taps, output, x, to);
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::image {

HWY_EXPORT(Row);
HWY_EXPORT(Column);

void resize_row(const std::uint8_t* row, std::int64_t channels, const Taps& taps,
                std::uint8_t* to) {
  HWY_DYNAMIC_DISPATCH(Row)(row, channels, taps, to);
}
void resize_column(const std::uint8_t* rows, std::int64_t bytes, const Taps& taps,
                   std::int64_t output, std::uint8_t* to) {
  HWY_DYNAMIC_DISPATCH(Column)(rows, bytes, taps, output, to);
}

}  // namespace ridgeline::image
#endif  // HWY_ONCE
