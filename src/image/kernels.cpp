#include "image/kernels.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// The vectors below need blocks of 128 bits, which packing keeps in order.
#undef RIDGELINE_IMAGE_VECTORS
#if HWY_TARGET != HWY_SCALAR && !HWY_HAVE_SCALABLE
#define RIDGELINE_IMAGE_VECTORS 1
#else
#define RIDGELINE_IMAGE_VECTORS 0
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

inline std::uint8_t Clip(std::int32_t sum, int shift) {
  return static_cast<std::uint8_t>(std::clamp((sum + (1 << (shift - 1))) >> shift, 0, 255));
}

// A pixel of a row, by its definition.
inline void PlainPixel(const std::uint8_t* row, std::int64_t channels, const Taps& taps,
                       std::int64_t i, std::uint8_t* to) {
  const std::uint8_t* from = row + taps.first[static_cast<std::size_t>(i)] * channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    std::int32_t sum = 0;
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; ++k) {
      sum += from[k * channels + c] * taps.of(i)[k];
    }
    to[c] = Clip(sum, taps.shift);
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

// Eight taps at a time.
void Row1(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::int16_t, 8> d16;
  const hn::FixedTag<std::uint8_t, 8> d8;
  for (std::int64_t i = 0; i < taps.outputs(); ++i) {
    const std::uint8_t* from = row + taps.first[static_cast<std::size_t>(i)];
    const std::int16_t* weights = taps.of(i);
    auto sum = hn::Zero(d32);
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; k += 8) {
      const auto pixels = hn::PromoteTo(d16, hn::LoadU(d8, from + k));
      sum = AddPairs(d32, pixels, hn::LoadU(d16, weights + k), sum);
    }
    to[i] = Clip(hn::GetLane(hn::SumOfLanes(d32, sum)), taps.shift);
  }
}

// Two taps of three channels are eight numbers of 16 bits, of which two are not used.
void Row3(const std::uint8_t* row, const Taps& taps, std::uint8_t* to) {
  const hn::FixedTag<std::int32_t, 4> d32;
  const hn::FixedTag<std::int16_t, 8> d16;
  const hn::FixedTag<std::uint8_t, 16> d8;
  // Pixels of bytes r g b r g b ... to pairs of channels; 0x80 gives 0.
  alignas(16) static constexpr std::uint8_t first_pair[16] = {
      0, 0x80, 3, 0x80, 1, 0x80, 4, 0x80, 2, 0x80, 5, 0x80, 0x80, 0x80, 0x80, 0x80};
  alignas(16) static constexpr std::uint8_t second_pair[16] = {
      6, 0x80, 9, 0x80, 7, 0x80, 10, 0x80, 8, 0x80, 11, 0x80, 0x80, 0x80, 0x80, 0x80};
  const auto first = hn::Load(d8, first_pair), second = hn::Load(d8, second_pair);
  const auto half = hn::Set(d32, 1 << (taps.shift - 1));
  const hn::FixedTag<std::uint8_t, 4> d_bytes;
  for (std::int64_t i = 0; i < taps.outputs(); ++i) {
    const std::uint8_t* from = row + 3 * taps.first[static_cast<std::size_t>(i)];
    const std::int16_t* weights = taps.of(i);
    auto sum = half;
    auto other = hn::Zero(d32);
    for (std::int64_t k = 0; k < taps.count[static_cast<std::size_t>(i)]; k += 4) {
      const auto pixels = hn::LoadU(d8, from + 3 * k);
      // The weights' pairs, as numbers of 32 bits.
      const auto pairs = hn::BitCast(d32, hn::LoadDup128(d16, weights + k));
      const auto a = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, first));
      const auto b = hn::BitCast(d16, hn::TableLookupBytesOr0(pixels, second));
      sum = AddPairs(d32, a, hn::BitCast(d16, hn::Broadcast<0>(pairs)), sum);
      other = AddPairs(d32, b, hn::BitCast(d16, hn::Broadcast<1>(pairs)), other);
    }
    sum = hn::Add(sum, other);
    const auto bytes = hn::DemoteTo(d_bytes, hn::ShiftRightSame(sum, taps.shift));
    // Four bytes, the last of which the next pixel overwrites.
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
      sum += rows[(taps.first[i] + k) * bytes + x] * taps.of(output)[k];
    }
    to[x] = Clip(sum, taps.shift);
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
  const std::int16_t* weights = taps.of(output);
  const std::int64_t count = taps.count[i];
  const auto half = hn::Set(d32, 1 << (taps.shift - 1));
  for (; x + lanes <= bytes; x += lanes) {
    auto low = half, high = half;
    for (std::int64_t k = 0; k < count; k += 2) {
      // Two rows with their weights; the second is not there at an odd end, where its weight is 0.
      const std::uint8_t* at = from + k * bytes + x;
      const auto a = hn::PromoteTo(d16, hn::LoadU(d8, at));
      const auto b = hn::PromoteTo(d16, hn::LoadU(d8, k + 1 < count ? at + bytes : at));
      const auto pair = hn::BitCast(
          d16,
          hn::Set(d32, static_cast<std::int32_t>(
                           static_cast<std::uint16_t>(weights[k]) |
                           static_cast<std::uint32_t>(static_cast<std::uint16_t>(weights[k + 1]))
                               << 16)));
      low = AddPairs(d32, hn::InterleaveLower(d16, a, b), pair, low);
      high = AddPairs(d32, hn::InterleaveUpper(d16, a, b), pair, high);
    }
    // In each block of 128 bits low and high are halves, which the packing below joins again.
    const auto packed = hn::ReorderDemote2To(d16, hn::ShiftRightSame(low, taps.shift),
                                             hn::ShiftRightSame(high, taps.shift));
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
