// Vectors for kernels that are compiled once per instruction set. It is included after
// <hwy/highway.h> inside the target's part of a file, so its only guard is the toggle.
#if defined(RIDGELINE_ENGINE_KERNELS_VECTORS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#undef RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#else
#define RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#endif

#include "engine/kernels/bfloat16.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
constexpr std::int64_t lanes = hn::MaxLanes(Tag());
/// AVX-512 and NEON have 32 vector registers, the others 16.
constexpr int registers = lanes == 16 || (HWY_TARGET == HWY_NEON) ? 32 : 16;

/// For lambdas that take or return vectors in registers.
#define RIDGELINE_INLINE_LAMBDA HWY_ATTR __attribute__((always_inline))

/// f(0), f(1), ... f(N - 1) with constants, so that arrays with these indices are kept in
/// registers. Loops that the compiler unrolls late keep such arrays in memory.
template <typename F, int... I>
HWY_INLINE void Unroll(F f, std::integer_sequence<int, I...>) {
  (f(std::integral_constant<int, I>()), ...);
}
template <int N, typename F>
HWY_INLINE void Unroll(F f) {
  Unroll(f, std::make_integer_sequence<int, N>());
}

// bf16 in memory is fp32 in registers.
using HalfTag = hn::Rebind<std::uint16_t, Tag>;
using WordTag = hn::Rebind<std::uint32_t, Tag>;

HWY_INLINE Vec FromBf16(hn::Vec<HalfTag> upper) {
  return hn::BitCast(Tag(), hn::ShiftLeft<16>(hn::PromoteTo(WordTag(), upper)));
}
/// Rounds to the nearest number, and ties to the even one. Rounding could carry a NaN's bits into
/// its exponent and sign, so every NaN becomes the usual NaN.
HWY_INLINE hn::Vec<HalfTag> ToNearestBf16(Vec v) {
  const WordTag d;
  const auto bits = hn::BitCast(d, v);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
  const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d, 0x7FFF)));
  const auto is_nan = hn::RebindMask(d, hn::IsNaN(v));
  const auto upper = hn::ShiftRight<16>(hn::IfThenElse(is_nan, hn::Set(d, 0x7FC00000), rounded));
  return hn::DemoteTo(HalfTag(), hn::BitCast(hn::Rebind<std::int32_t, Tag>(), upper));
}

/// A ReLU: numbers below 0 times `slope`; a slope of 1 is no ReLU. NaN stays NaN. 0
/// times an infinite number would be NaN, so a slope of 0 clears the product's bits instead.
class Relu {
 public:
  explicit HWY_INLINE Relu(float slope)
      : slope_(hn::Set(Tag(), slope)),
        kept_(hn::BitCast(Tag(), hn::Set(WordTag(), slope == 0 ? 0U : ~0U))) {}

  HWY_INLINE Vec operator()(Vec v) const {
    return hn::IfThenElse(hn::Lt(v, hn::Zero(Tag())), Sloped(v), v);
  }
  /// The gradient of the input from that of the result. A NaN lets the gradient pass, as in
  /// PyTorch.
  HWY_INLINE Vec back(Vec gradient, Vec result) const {
    return hn::IfThenElse(hn::Le(result, hn::Zero(Tag())), Sloped(gradient), gradient);
  }

 private:
  HWY_INLINE Vec Sloped(Vec v) const { return hn::And(hn::Mul(v, slope_), kept_); }

  Vec slope_, kept_;
};

/// A ReLU with an upper bound: numbers above `ceiling` become `ceiling`. NaN: no bound.
class BoundedRelu {
 public:
  HWY_INLINE BoundedRelu(float slope, float ceiling)
      : relu_(slope), ceiling_(hn::Set(Tag(), ceiling)) {}

  HWY_INLINE Vec operator()(Vec v) const {
    const Vec y = relu_(v);
    return hn::IfThenElse(hn::Gt(y, ceiling_), ceiling_, y);
  }
  HWY_INLINE Vec back(Vec gradient, Vec result) const {
    return hn::IfThenZeroElse(hn::Ge(result, ceiling_), relu_.back(gradient, result));
  }

 private:
  Relu relu_;
  Vec ceiling_;
};

/// Whether a max-pool replaces its value by `v`: if `v` is greater or NaN.
HWY_INLINE hn::Mask<Tag> Wins(Vec v, Vec best) {
  return hn::Or(hn::Gt(v, best), hn::IsNaN(v));
}

// A full vector, with the same functions as PartialVector.
class FullVector {
 public:
  HWY_INLINE Vec load(const float* from) const { return hn::LoadU(Tag(), from); }
  HWY_INLINE Vec load(const Bf16* from) const {
    return FromBf16(hn::LoadU(HalfTag(), &from->bits));
  }
  HWY_INLINE void store(Vec v, float* to) const { hn::StoreU(v, Tag(), to); }
  HWY_INLINE void store(Vec v, Bf16* to) const {
    hn::StoreU(ToNearestBf16(v), HalfTag(), &to->bits);
  }
};

// A vector that may have fewer lanes. Memory after its lanes is not read or written.
class PartialVector {
 public:
  explicit HWY_INLINE PartialVector(std::int64_t count)
      : count_(count < lanes ? count : lanes), mask_(hn::FirstN(Tag(), Count())) {}

  /// Sets the missing lanes to 0.
  HWY_INLINE Vec only(Vec v) const { return hn::IfThenElseZero(mask_, v); }

// If masked operations access the whole vector, the lanes are copied through a local array.
#if HWY_TARGET > HWY_AVX2
  HWY_INLINE Vec load(const float* from) const {
    const Tag d;
    if (count_ == lanes) return hn::LoadU(d, from);
    HWY_ALIGN float part[lanes] = {};
    std::copy_n(from, count_, part);
    return hn::Load(d, part);
  }
  HWY_INLINE void store(Vec v, float* to) const {
    const Tag d;
    if (count_ == lanes) return hn::StoreU(v, d, to);
    HWY_ALIGN float part[lanes];
    hn::Store(v, d, part);
    std::copy_n(part, count_, to);
  }
#else
  HWY_INLINE Vec load(const float* from) const {
    return hn::MaskedLoad(mask_, Tag(), from);
  }
  HWY_INLINE void store(Vec v, float* to) const {
    hn::BlendedStore(v, mask_, Tag(), to);
  }
#endif
#if HWY_TARGET > HWY_AVX3
  HWY_INLINE Vec load(const Bf16* from) const {
    if (count_ == lanes) return FullVector().load(from);
    HWY_ALIGN std::uint16_t part[lanes] = {};
    std::copy_n(&from->bits, count_, part);
    return FromBf16(hn::Load(HalfTag(), part));
  }
  HWY_INLINE void store(Vec v, Bf16* to) const {
    if (count_ == lanes) return FullVector().store(v, to);
    HWY_ALIGN std::uint16_t part[lanes];
    hn::Store(ToNearestBf16(v), HalfTag(), part);
    std::copy_n(part, count_, &to->bits);
  }
#else
  HWY_INLINE Vec load(const Bf16* from) const {
    if (count_ == lanes) return FullVector().load(from);
    return FromBf16(hn::MaskedLoad(hn::FirstN(HalfTag(), Count()), HalfTag(), &from->bits));
  }
  HWY_INLINE void store(Vec v, Bf16* to) const {
    if (count_ == lanes) return FullVector().store(v, to);
    hn::BlendedStore(ToNearestBf16(v), hn::FirstN(HalfTag(), Count()), HalfTag(), &to->bits);
  }
#endif

 private:
  HWY_INLINE std::size_t Count() const {
    return static_cast<std::size_t>(count_);
  }

  std::int64_t count_;
  hn::Mask<Tag> mask_;
};

/// Calls use(part, first) for the vectors of `count` numbers: full ones, then the rest.
template <typename Use>
HWY_INLINE void ForVectors(std::int64_t count, Use use) {
  std::int64_t first = 0;
  for (; first + lanes <= count; first += lanes) use(FullVector(), first);
  if (first < count) use(PartialVector(count - first), first);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
