#include "engine/kernels/update_kernels.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/update_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Doubles = hn::Repartition<double, Floats>;
using HalfFloats = hn::Rebind<float, Doubles>;

// A vector of a run, as doubles. Tail: fewer numbers, followed by zeros.
template <bool Tail>
struct RunVector {
  std::size_t from, count;

  template <typename T>
  auto operator()(const T* values) const {
    if constexpr (Tail) {
      alignas(64) T some[16] = {};
      std::copy_n(values + from, count, some);
      return load(some);
    } else {
      return load(values + from);
    }
  }

 private:
  static auto load(const float* values) {
    return hn::PromoteTo(Doubles(), hn::LoadU(HalfFloats(), values));
  }
  static auto load(const double* values) { return hn::LoadU(Doubles(), values); }
};

// The sum of f over a run. f takes a RunVector, and f of zeros must be 0.
template <typename F>
double Sum(std::size_t count, F f) {
  const Doubles d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d), odd = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    even = hn::Add(even, f(RunVector<false>{i, lanes}));
    odd = hn::Add(odd, f(RunVector<false>{i + lanes, lanes}));
  }
  for (; i < count; i += lanes) {
    even = hn::Add(even, f(RunVector<true>{i, HWY_MIN(lanes, count - i)}));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

double SquareSum(const float* values, std::size_t count) {
  return Sum(count, [&](auto part) HWY_ATTR {
    const auto v = part(values);
    return hn::Mul(v, v);
  });
}

double AbsoluteSum(const float* values, std::size_t count) {
  return Sum(count, [&](auto part) HWY_ATTR { return hn::Abs(part(values)); });
}

double DistanceSquare(const float* a, const float* b, std::size_t count) {
  return Sum(count, [&](auto part) HWY_ATTR {
    const auto v = hn::Sub(part(a), part(b));
    return hn::Mul(v, v);
  });
}

double Dot(const float* a, const float* b, std::size_t count) {
  return Sum(count, [&](auto part) HWY_ATTR { return hn::Mul(part(a), part(b)); });
}

double DotDouble(const double* a, const float* b, std::size_t count) {
  return Sum(count, [&](auto part) HWY_ATTR { return hn::Mul(part(a), part(b)); });
}

void Scale(float* values, std::size_t count, float factor) {
  const Floats d;
  const auto f = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    hn::StoreU(hn::Mul(f, hn::LoadU(d, values + i)), d, values + i);
  }
  for (; i < count; ++i) values[i] *= factor;
}

void AddScaled(float* a, float factor, const float* b, std::size_t count) {
  const Floats d;
  const auto f = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    hn::StoreU(hn::MulAdd(f, hn::LoadU(d, b + i), hn::LoadU(d, a + i)), d, a + i);
  }
  if (i == count) return;
  alignas(64) float x[16] = {}, y[16] = {};
  std::copy_n(a + i, count - i, x);
  std::copy_n(b + i, count - i, y);
  // Also the tail is a vector, so that a sum has the same bits wherever a run begins.
  hn::Store(hn::MulAdd(f, hn::Load(d, y), hn::Load(d, x)), d, x);
  std::copy_n(x, count - i, a + i);
}

void AddScaledDouble(double* a, double factor, const float* b, std::size_t count) {
  const Doubles d;
  const auto f = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto v = hn::PromoteTo(d, hn::LoadU(HalfFloats(), b + i));
    hn::StoreU(hn::MulAdd(f, v, hn::LoadU(d, a + i)), d, a + i);
  }
  for (; i < count; ++i) a[i] += factor * static_cast<double>(b[i]);
}

void Add(float* a, const float* b, std::size_t count) {
  const Floats d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::Store(hn::Add(hn::Load(d, a + i), hn::Load(d, b + i)), d, a + i);
  }
}

// hn::Min and hn::Max may give the bound for NaN.
template <typename V>
HWY_INLINE V Clamped(V v, V low, V high) {
  return hn::IfThenElse(hn::IsNaN(v), v, hn::Min(hn::Max(v, low), high));
}

void Penalise(float* gradient, const float* weights, std::size_t count, float scale, float limit,
              float l2) {
  const Floats d;
  const auto factor = hn::Set(d, scale), strength = hn::Set(d, l2);
  const auto high = hn::Set(d, limit), low = hn::Set(d, -limit);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    auto g = hn::Mul(hn::Load(d, gradient + i), factor);
    if (limit > 0) g = Clamped(g, low, high);
    hn::Store(hn::MulAdd(strength, hn::Load(d, weights + i), g), d, gradient + i);
  }
}

void Descend(float* weights, const float* step, std::size_t count, float keep) {
  const Floats d;
  const auto factor = hn::Set(d, keep);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weights + i);
    hn::Store(hn::MulSub(factor, w, hn::Load(d, step + i)), d, weights + i);
  }
}

double DescendMeasured(float* weights, const float* step, std::size_t count, float keep) {
  const HalfFloats d;
  const auto factor = hn::Set(d, keep);
  return Sum(count, [&](auto part) HWY_ATTR {
    const auto w = hn::Load(d, weights + part.from);
    const auto after = hn::MulSub(factor, w, hn::Load(d, step + part.from));
    hn::Store(after, d, weights + part.from);
    const auto moved = hn::PromoteTo(Doubles(), hn::Sub(after, w));
    return hn::Mul(moved, moved);
  });
}

void Shrink(float* weights, const float* metric, std::size_t count, float l1) {
  const Floats d;
  const auto strength = hn::Set(d, l1);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto w = hn::Load(d, weights + i);
    const auto threshold = hn::Mul(strength, hn::Load(d, metric + i));
    const auto left = hn::Sub(hn::Abs(w), threshold);
    const auto size = hn::IfThenZeroElse(hn::Lt(left, hn::Zero(d)), left);
    hn::Store(hn::CopySign(size, w), d, weights + i);
  }
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(Add);
HWY_EXPORT(AddScaled);
HWY_EXPORT(AddScaledDouble);
HWY_EXPORT(SquareSum);
HWY_EXPORT(AbsoluteSum);
HWY_EXPORT(DistanceSquare);
HWY_EXPORT(Dot);
HWY_EXPORT(DotDouble);
HWY_EXPORT(Scale);
HWY_EXPORT(Penalise);
HWY_EXPORT(Descend);
HWY_EXPORT(DescendMeasured);
HWY_EXPORT(Shrink);

void add(float* a, const float* b, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Add)(a, b, count);
}
double square_sum(const float* values, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(SquareSum)(values, count);
}
double absolute_sum(const float* values, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(AbsoluteSum)(values, count);
}
double distance_square(const float* a, const float* b, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(DistanceSquare)(a, b, count);
}
double dot(const float* a, const float* b, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(Dot)(a, b, count);
}
double dot(const double* a, const float* b, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(DotDouble)(a, b, count);
}
void add_scaled(float* a, float factor, const float* b, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(AddScaled)(a, factor, b, count);
}
void add_scaled(double* a, double factor, const float* b, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(AddScaledDouble)(a, factor, b, count);
}
void scale(float* values, std::size_t count, float factor) {
  HWY_DYNAMIC_DISPATCH(Scale)(values, count, factor);
}
void penalise(float* gradient, const float* weights, std::size_t count, float scale, float limit,
              float l2) {
  HWY_DYNAMIC_DISPATCH(Penalise)(gradient, weights, count, scale, limit, l2);
}
void descend(float* weights, const float* step, std::size_t count, float keep) {
  HWY_DYNAMIC_DISPATCH(Descend)(weights, step, count, keep);
}
double descend_measured(float* weights, const float* step, std::size_t count, float keep) {
  return HWY_DYNAMIC_DISPATCH(DescendMeasured)(weights, step, count, keep);
}
void shrink(float* weights, const float* metric, std::size_t count, float l1) {
  HWY_DYNAMIC_DISPATCH(Shrink)(weights, metric, count, l1);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
