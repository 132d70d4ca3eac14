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

// Vectors of a row: the last one may be partial, and nothing behind it is touched.
struct Row {
  static HWY_INLINE Vec load(const float* from, std::int64_t count) {
    const Tag d;
    if (count >= lanes) return hn::LoadU(d, from);
#if HWY_TARGET > HWY_AVX2  // where masked operations touch the whole vector
    HWY_ALIGN float part[lanes] = {};
    std::copy_n(from, count, part);
    return hn::Load(d, part);
#else
    return hn::MaskedLoad(hn::FirstN(d, static_cast<std::size_t>(count)), d, from);
#endif
  }
  static HWY_INLINE void store(Vec v, float* to, std::int64_t count) {
    const Tag d;
    if (count >= lanes) return hn::StoreU(v, d, to);
#if HWY_TARGET > HWY_AVX2
    HWY_ALIGN float part[lanes];
    hn::Store(v, d, part);
    std::copy_n(part, count, to);
#else
    hn::BlendedStore(v, hn::FirstN(d, static_cast<std::size_t>(count)), d, to);
#endif
  }
};

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
