// For kernels that are compiled once per instruction set: included inside the target's part of the
// file, after <hwy/highway.h>, and therefore without a guard of its own beyond the toggle's.
#if defined(RIDGELINE_ENGINE_KERNELS_VECTORS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#undef RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#else
#define RIDGELINE_ENGINE_KERNELS_VECTORS_HPP
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
constexpr std::int64_t lanes = hn::MaxLanes(Tag());
/// AVX-512 and NEON have 32 vector registers, the others 16.
constexpr int registers = lanes == 16 || (HWY_TARGET == HWY_NEON) ? 32 : 16;

/// For lambdas that are called where vectors stay in registers.
#define RIDGELINE_INLINE_LAMBDA HWY_ATTR __attribute__((always_inline))

/// f(0), f(1), ... f(N - 1) with constants, so that arrays indexed by them live in registers: loops
/// that the compiler unrolls late leave such arrays in memory.
template <typename F, int... I>
HWY_INLINE void Unroll(F f, std::integer_sequence<int, I...>) {
  (f(std::integral_constant<int, I>()), ...);
}
template <int N, typename F>
HWY_INLINE void Unroll(F f) {
  Unroll(f, std::make_integer_sequence<int, N>());
}

// A vector of which perhaps only the first lanes are there: nothing behind them is touched.
class Part {
 public:
  explicit HWY_INLINE Part(std::int64_t count)
      : count_(count < lanes ? count : lanes),
        mask_(hn::FirstN(Tag(), static_cast<std::size_t>(count_))) {}

  /// Zeros in the lanes that are not there.
  HWY_INLINE Vec only(Vec v) const { return hn::IfThenElseZero(mask_, v); }

#if HWY_TARGET > HWY_AVX2  // where masked operations touch the whole vector
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

 private:
  std::int64_t count_;
  hn::Mask<Tag> mask_;
};

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
