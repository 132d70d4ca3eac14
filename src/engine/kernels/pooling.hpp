// The end of a fused convolution: the best position of a window, its bias, its ReLU. Included like
// vectors.hpp, once per instruction set.
#if defined(RIDGELINE_ENGINE_KERNELS_POOLING_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_ENGINE_KERNELS_POOLING_HPP
#undef RIDGELINE_ENGINE_KERNELS_POOLING_HPP
#else
#define RIDGELINE_ENGINE_KERNELS_POOLING_HPP
#endif

#include "engine/kernels/conv_pool.hpp"
#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

/// The largest value and its position: of equal ones the first, of NaNs the last.
struct Best {
  Vec value, where;

  explicit HWY_INLINE Best(Vec first) : value(first), where(hn::Zero(Tag())) {}
  HWY_INLINE void consider(Vec v, float position) { take(v, position, Wins(v, value)); }
  /// The same if no value is NaN, in fewer operations.
  HWY_INLINE void consider_number(Vec v, float position) { take(v, position, hn::Gt(v, value)); }

 private:
  HWY_INLINE void take(Vec v, float position, hn::Mask<Tag> wins) {
    value = hn::IfThenElse(wins, v, value);
    where = hn::IfThenElse(wins, hn::Set(Tag(), position), where);
  }
};

/// The largest absolute value of the numbers. NaN counts as larger than infinity.
inline float LargestMagnitude(const float* numbers, std::int64_t count) {
  // Without their signs, floats are in the order of their bits as integers, NaN last.
  const hn::RebindToSigned<Tag> bits;
  auto largest = hn::Zero(bits);
  ForVectors(count, [&](auto part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
    largest = hn::Max(largest, hn::BitCast(bits, hn::Abs(part.load(numbers + i))));
  });
  return hn::GetLane(hn::BitCast(Tag(), hn::MaxOfLanes(bits, largest)));
}

/// Writes windows of the filters from `filter` on.
class WindowWriter {
 public:
  HWY_INLINE WindowWriter(const ConvPool& s, const ConvPoolForward& a, std::int64_t filter)
      : part_(s.filters - filter),
        bias_(a.bias == nullptr ? hn::Zero(Tag()) : part_.load(a.bias + filter)),
        relu_(s.relu ? s.slope : 1),
        filters_(s.filters),
        padded_(s.padded_filters()),
        pooled_(a.pooled + filter),
        chosen_(a.chosen == nullptr ? nullptr : a.chosen + filter) {}

  HWY_INLINE void write(const Best& best, std::int64_t window) const {
    const hn::Rebind<std::int32_t, Tag> di;
    const hn::Rebind<std::uint8_t, Tag> db;
    part_.store(relu_(hn::Add(best.value, bias_)), pooled_ + window * filters_);
    if (chosen_ == nullptr) return;
    hn::StoreU(hn::DemoteTo(db, hn::ConvertTo(di, best.where)), db, chosen_ + window * padded_);
  }

 private:
  PartialVector part_;
  Vec bias_;
  Relu relu_;
  std::int64_t filters_, padded_;
  float* pooled_;
  std::uint8_t* chosen_;
};

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
