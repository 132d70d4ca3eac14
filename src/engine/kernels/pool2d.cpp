#include "engine/kernels/pool2d.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/pool2d.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// The part of a window that is on the source.
struct Window {
  std::int64_t y, y_end, x, x_end;  // of the source
  std::int64_t first_y, first_x;    // where the window begins, perhaps over the border
};

// Calls use(number, window) for those of an image, in order: of windows that share the source.
template <typename Use>
HWY_INLINE void ForAdaptiveWindows(const Windows& w, Use use) {
  for (std::int64_t py = 0, number = 0; py < w.pooled_height; ++py) {
    const std::int64_t y = py * w.height / w.pooled_height;
    const std::int64_t y_end = ((py + 1) * w.height + w.pooled_height - 1) / w.pooled_height;
    for (std::int64_t px = 0; px < w.pooled_width; ++px, ++number) {
      const std::int64_t x = px * w.width / w.pooled_width;
      const std::int64_t x_end = ((px + 1) * w.width + w.pooled_width - 1) / w.pooled_width;
      use(number, Window{y, y_end, x, x_end, y, x});
    }
  }
}

// Calls use(number, window) for those of an image, in order.
template <typename Use>
HWY_INLINE void ForWindows(const Windows& w, Use use) {
  if (w.adaptive) return ForAdaptiveWindows(w, use);
  for (std::int64_t py = 0, number = 0; py < w.pooled_height; ++py) {
    const std::int64_t y = py * w.step_height - w.top;
    for (std::int64_t px = 0; px < w.pooled_width; ++px, ++number) {
      const std::int64_t x = px * w.step_width - w.left;
      use(number,
          Window{std::max<std::int64_t>(y, 0), std::min(y + w.kernel_height, w.height),
                 std::max<std::int64_t>(x, 0), std::min(x + w.kernel_width, w.width), y, x});
    }
  }
}

// Calls use(pixel's number in the source, position in the window).
template <typename Use>
HWY_INLINE void ForPixels(const Windows& w, const Window& window, Use use) {
  for (std::int64_t y = window.y; y < window.y_end; ++y) {
    for (std::int64_t x = window.x; x < window.x_end; ++x) {
      use(y * w.width + x, (y - window.first_y) * w.kernel_width + x - window.first_x);
    }
  }
}

// Whether windows overlap, so that their gradients are added.
HWY_INLINE bool Overlap(const Windows& w) {
  if (w.adaptive) return w.height % w.pooled_height != 0 || w.width % w.pooled_width != 0;
  return w.step_height < w.kernel_height || w.step_width < w.kernel_width;
}

using NumberTag = hn::Rebind<std::int32_t, Tag>;

HWY_INLINE void StorePositions(hn::Vec<NumberTag> where, std::int32_t* to) {
  hn::StoreU(where, NumberTag(), to);
}
HWY_INLINE void StorePositions(hn::Vec<NumberTag> where, std::uint8_t* to) {
  const hn::Rebind<std::uint8_t, Tag> bytes;
  hn::StoreU(hn::DemoteTo(bytes, where), bytes, to);
}
HWY_INLINE hn::Vec<NumberTag> LoadPositions(const std::int32_t* from) {
  return hn::LoadU(NumberTag(), from);
}
HWY_INLINE hn::Vec<NumberTag> LoadPositions(const std::uint8_t* from) {
  return hn::PromoteTo(NumberTag(), hn::LoadU(hn::Rebind<std::uint8_t, Tag>(), from));
}

template <typename Position, typename T>
HWY_INLINE void Max(const Windows& w, const MaxPool<T>& a) {
  const std::int64_t row = w.positions_size() / (w.pooled_height * w.pooled_width);
  auto* positions = static_cast<Position*>(a.positions);
  for (std::int64_t n = 0; n < a.images; ++n) {
    const T* source = a.source + n * w.source_size();
    ForWindows(w, [&](std::int64_t number, const Window& window) RIDGELINE_INLINE_LAMBDA {
      const std::int64_t pooled = n * w.pooled_height * w.pooled_width + number;
      ForVectors(w.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
        const auto first = (window.y - window.first_y) * w.kernel_width + window.x - window.first_x;
        Vec best = part.load(source + (window.y * w.width + window.x) * w.channels + c);
        Vec where = hn::Set(Tag(), static_cast<float>(first));
        ForPixels(
            w, window, [&](std::int64_t pixel, std::int64_t position) RIDGELINE_INLINE_LAMBDA {
              const Vec v = part.load(source + pixel * w.channels + c);
              const auto wins = Wins(v, best);
              best = hn::IfThenElse(wins, v, best);
              where = hn::IfThenElse(wins, hn::Set(Tag(), static_cast<float>(position)), where);
            });
        part.store(best, a.pooled + pooled * w.channels + c);
        if (positions == nullptr) return;
        StorePositions(hn::ConvertTo(NumberTag(), where), positions + pooled * row + c);
      });
    });
  }
}

template <typename Position, typename T>
HWY_INLINE void MaxBackward(const Windows& w, const MaxPoolBackward<T>& a) {
  const std::int64_t row = w.positions_size() / (w.pooled_height * w.pooled_width);
  const auto* positions = static_cast<const Position*>(a.positions);
  const bool overlap = Overlap(w);
  const Relu relu(a.slope);
  for (std::int64_t n = 0; n < a.images; ++n) {
    T* to = a.source_gradient + n * w.source_size();
    std::fill_n(to, w.source_size(), T());
    ForWindows(w, [&](std::int64_t number, const Window& window) RIDGELINE_INLINE_LAMBDA {
      const std::int64_t pooled = n * w.pooled_height * w.pooled_width + number;
      ForVectors(w.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
        Vec g = part.load(a.gradient + pooled * w.channels + c);
        if (a.mask != nullptr) g = relu.back(g, part.load(a.mask + pooled * w.channels + c));
        const auto where = LoadPositions(positions + pooled * row + c);
        ForPixels(w, window,
                  [&](std::int64_t pixel, std::int64_t position) RIDGELINE_INLINE_LAMBDA {
                    T* at = to + pixel * w.channels + c;
                    const auto here =
                        hn::Eq(where, hn::Set(NumberTag(), static_cast<std::int32_t>(position)));
                    const Vec mine = hn::IfThenElseZero(hn::RebindMask(Tag(), here), g);
                    part.store(overlap ? hn::Add(part.load(at), mine) : mine, at);
                  });
      });
    });
  }
}

HWY_INLINE Vec InverseCount(const Window& window) {
  return hn::Set(Tag(),
                 1 / static_cast<float>((window.y_end - window.y) * (window.x_end - window.x)));
}

template <typename T>
HWY_INLINE void Average(const Windows& w, std::int64_t images, const T* source, T* pooled) {
  for (std::int64_t n = 0; n < images; ++n) {
    const T* from = source + n * w.source_size();
    T* to = pooled + n * w.pooled_size();
    ForWindows(w, [&](std::int64_t number, const Window& window) RIDGELINE_INLINE_LAMBDA {
      ForVectors(w.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
        Vec sum = hn::Zero(Tag());
        ForPixels(w, window, [&](std::int64_t pixel, std::int64_t) RIDGELINE_INLINE_LAMBDA {
          sum = hn::Add(sum, part.load(from + pixel * w.channels + c));
        });
        part.store(hn::Mul(sum, InverseCount(window)), to + number * w.channels + c);
      });
    });
  }
}

template <typename T>
HWY_INLINE void AverageBackward(const Windows& w, std::int64_t images, const T* gradient,
                                T* source_gradient) {
  const bool overlap = Overlap(w);
  for (std::int64_t n = 0; n < images; ++n) {
    const T* from = gradient + n * w.pooled_size();
    T* to = source_gradient + n * w.source_size();
    std::fill_n(to, w.source_size(), T());
    ForWindows(w, [&](std::int64_t number, const Window& window) RIDGELINE_INLINE_LAMBDA {
      ForVectors(w.channels, [&](auto part, std::int64_t c) RIDGELINE_INLINE_LAMBDA {
        const Vec g = hn::Mul(part.load(from + number * w.channels + c), InverseCount(window));
        ForPixels(w, window, [&](std::int64_t pixel, std::int64_t) RIDGELINE_INLINE_LAMBDA {
          T* at = to + pixel * w.channels + c;
          part.store(overlap ? hn::Add(part.load(at), g) : g, at);
        });
      });
    });
  }
}

void MaxFp32(const Windows& w, const MaxPool<float>& a) {
  w.small() ? Max<std::uint8_t>(w, a) : Max<std::int32_t>(w, a);
}
void MaxBf16(const Windows& w, const MaxPool<Bf16>& a) {
  w.small() ? Max<std::uint8_t>(w, a) : Max<std::int32_t>(w, a);
}
void MaxBackwardFp32(const Windows& w, const MaxPoolBackward<float>& a) {
  w.small() ? MaxBackward<std::uint8_t>(w, a) : MaxBackward<std::int32_t>(w, a);
}
void MaxBackwardBf16(const Windows& w, const MaxPoolBackward<Bf16>& a) {
  w.small() ? MaxBackward<std::uint8_t>(w, a) : MaxBackward<std::int32_t>(w, a);
}
void AverageFp32(const Windows& w, std::int64_t images, const float* source, float* pooled) {
  Average(w, images, source, pooled);
}
void AverageBf16(const Windows& w, std::int64_t images, const Bf16* source, Bf16* pooled) {
  Average(w, images, source, pooled);
}
void AverageBackwardFp32(const Windows& w, std::int64_t images, const float* gradient, float* to) {
  AverageBackward(w, images, gradient, to);
}
void AverageBackwardBf16(const Windows& w, std::int64_t images, const Bf16* gradient, Bf16* to) {
  AverageBackward(w, images, gradient, to);
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ridgeline::engine::kernels {

HWY_EXPORT(MaxFp32);
HWY_EXPORT(MaxBf16);
HWY_EXPORT(MaxBackwardFp32);
HWY_EXPORT(MaxBackwardBf16);
HWY_EXPORT(AverageFp32);
HWY_EXPORT(AverageBf16);
HWY_EXPORT(AverageBackwardFp32);
HWY_EXPORT(AverageBackwardBf16);

void max_pool(const Windows& windows, const MaxPool<float>& arguments) {
  HWY_DYNAMIC_DISPATCH(MaxFp32)(windows, arguments);
}
void max_pool(const Windows& windows, const MaxPool<Bf16>& arguments) {
  HWY_DYNAMIC_DISPATCH(MaxBf16)(windows, arguments);
}

void max_pool_backward(const Windows& windows, const MaxPoolBackward<float>& arguments) {
  HWY_DYNAMIC_DISPATCH(MaxBackwardFp32)(windows, arguments);
}
void max_pool_backward(const Windows& windows, const MaxPoolBackward<Bf16>& arguments) {
  HWY_DYNAMIC_DISPATCH(MaxBackwardBf16)(windows, arguments);
}

void average_pool(const Windows& windows, std::int64_t images, const float* source, float* pooled) {
  HWY_DYNAMIC_DISPATCH(AverageFp32)(windows, images, source, pooled);
}
void average_pool(const Windows& windows, std::int64_t images, const Bf16* source, Bf16* pooled) {
  HWY_DYNAMIC_DISPATCH(AverageBf16)(windows, images, source, pooled);
}

void average_pool_backward(const Windows& windows, std::int64_t images, const float* gradient,
                           float* source_gradient) {
  HWY_DYNAMIC_DISPATCH(AverageBackwardFp32)(windows, images, gradient, source_gradient);
}
void average_pool_backward(const Windows& windows, std::int64_t images, const Bf16* gradient,
                           Bf16* source_gradient) {
  HWY_DYNAMIC_DISPATCH(AverageBackwardBf16)(windows, images, gradient, source_gradient);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
