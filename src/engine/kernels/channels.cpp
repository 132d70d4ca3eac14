#include "engine/kernels/channels.hpp"

#include <algorithm>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/channels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/kernels/vectors.hpp"

HWY_BEFORE_NAMESPACE();
namespace ridgeline::engine::kernels::HWY_NAMESPACE {

// So few numbers are added up in single precision, before their sum is added in double.
constexpr std::int64_t stretch = 64;

// Numbers of one channel (channels are spread out), or of a vector of neighbouring channels:
// `count` of them, `step` apart, from `at` on.
struct Run {
  std::int64_t at, count, step, channel, width;
};

// Calls use(run) for the whole batch. If channels are spread out, the vectors of a run have
// neighbouring pixels, otherwise neighbouring channels.
template <typename Use>
HWY_INLINE void ForRuns(const ChannelView& v, Use use) {
  for (std::int64_t n = 0; n < v.images; ++n) {
    for (std::int64_t b = 0; b < v.blocks; ++b) {
      const std::int64_t begin = (n * v.blocks + b) * v.pixels * v.lanes;
      if (v.lanes == 1) {
        for (std::int64_t p = 0; p < v.pixels; p += stretch * lanes) {
          use(Run{begin + p, std::min(stretch * lanes, v.pixels - p), lanes, b, lanes});
        }
        continue;
      }
      for (std::int64_t p = 0; p < v.pixels; p += stretch) {
        const std::int64_t count = std::min(stretch, v.pixels - p);
        for (std::int64_t c = 0; c < v.lanes; c += lanes) {
          use(Run{begin + p * v.lanes + c, count, v.lanes, b * v.lanes + c,
                  std::min(lanes, v.lanes - c)});
        }
      }
    }
  }
}

// Calls each(part, offset) for the vectors of a run.
template <typename Each>
HWY_INLINE void ForVectorsOf(bool spread_out, const Run& run, Each each) {
  if (!spread_out) {
    const PartialVector part(run.width);
    for (std::int64_t i = 0; i < run.count; ++i) each(part, run.at + i * run.step);
    return;
  }
  const PartialVector whole(lanes), rest(run.count % lanes);
  const std::int64_t end = run.count / lanes * lanes;
  for (std::int64_t i = 0; i < end; i += lanes) each(whole, run.at + i);
  if (end < run.count) each(rest, run.at + end);
}

// The numbers of a run's channels: neighbours, or one for all.
HWY_INLINE Vec OfChannels(bool spread_out, const Run& run, const float* numbers) {
  return spread_out ? hn::Set(Tag(), numbers[run.channel])
                    : PartialVector(run.width).load(numbers + run.channel);
}

HWY_INLINE void AddTo(bool spread_out, const Run& run, Vec v, double* sums) {
  const Tag d;
  if (spread_out) {
    sums[run.channel] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, v)));
    return;
  }
  HWY_ALIGN float numbers[lanes];
  hn::Store(v, d, numbers);
  for (std::int64_t c = 0; c < run.width; ++c) {
    sums[run.channel + c] += static_cast<double>(numbers[c]);
  }
}

template <typename T>
HWY_INLINE void MomentsOf(const ChannelView& v, const T* x, double* mean, double* deviations,
                          float* means) {
  const Tag d;
  const bool spread_out = v.lanes == 1;
  ForRuns(v, [&](const Run& run) RIDGELINE_INLINE_LAMBDA {
    Vec sum = hn::Zero(d);
    ForVectorsOf(spread_out, run,
                 [&](const PartialVector& part, std::int64_t i)
                     RIDGELINE_INLINE_LAMBDA { sum = hn::Add(sum, part.load(x + i)); });
    AddTo(spread_out, run, sum, mean);
  });
  const double count = static_cast<double>(v.images * v.pixels);
  for (std::int64_t c = 0; c < v.padded_channels(); ++c) {
    mean[c] /= count;
    means[c] = static_cast<float>(mean[c]);
  }
  ForRuns(v, [&](const Run& run) RIDGELINE_INLINE_LAMBDA {
    const Vec m = OfChannels(spread_out, run, means);
    Vec squares = hn::Zero(d);
    ForVectorsOf(spread_out, run,
                 [&](const PartialVector& part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
                   const Vec difference = part.only(hn::Sub(part.load(x + i), m));
                   squares = hn::MulAdd(difference, difference, squares);
                 });
    AddTo(spread_out, run, squares, deviations);
  });
}

template <typename T>
HWY_INLINE void AffineOf(const ChannelView& v, const Affine& a) {
  const T *from = static_cast<const T*>(a.x), *residual = static_cast<const T*>(a.residual);
  T* to = static_cast<T*>(a.y);
  const bool spread_out = v.lanes == 1;
  const BoundedRelu relu(a.slope, a.ceiling);
  ForRuns(v, [&](const Run& run) RIDGELINE_INLINE_LAMBDA {
    const Vec scale = OfChannels(spread_out, run, a.scale);
    const Vec shift = OfChannels(spread_out, run, a.shift);
    ForVectorsOf(spread_out, run,
                 [&](const PartialVector& part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
                   Vec y = hn::MulAdd(scale, part.load(from + i), shift);
                   if (residual != nullptr) y = hn::Add(y, part.load(residual + i));
                   part.store(relu(y), to + i);
                 });
  });
}

// g of a run's vectors.
template <typename T>
class Return {
 public:
  HWY_INLINE Return(bool spread_out, const Run& run, const Returning& from)
      : slope_at_(from.slope),
        dy_(static_cast<const T*>(from.dy)),
        y_(static_cast<const T*>(from.y)),
        relu_(from.slope, from.ceiling),
        scale_(hn::Zero(Tag())),
        shift_(scale_) {
    if (from.slope == 1 || from.y != nullptr) return;
    scale_ = OfChannels(spread_out, run, from.scale);
    shift_ = OfChannels(spread_out, run, from.shift);
  }
  HWY_INLINE Vec operator()(const PartialVector& part, std::int64_t i, Vec x) const {
    const Vec dy = part.load(dy_ + i);
    if (slope_at_ == 1) return dy;
    const Vec y = y_ != nullptr ? part.load(y_ + i) : hn::MulAdd(scale_, x, shift_);
    return relu_.back(dy, y);
  }

 private:
  float slope_at_;
  const T *dy_, *y_;
  BoundedRelu relu_;
  Vec scale_, shift_;
};

template <typename T>
HWY_INLINE void GradientSumsOf(const ChannelView& v, const Returning& from,
                               const GradientSums& to) {
  const T* xs = static_cast<const T*>(from.x);
  T* gs = static_cast<T*>(to.g);
  const Tag d;
  const bool spread_out = v.lanes == 1;
  ForRuns(v, [&](const Run& run) RIDGELINE_INLINE_LAMBDA {
    const Return<T> returned(spread_out, run, from);
    const Vec mean = OfChannels(spread_out, run, to.mean);
    const Vec inverse = OfChannels(spread_out, run, to.inverse);
    Vec sum = hn::Zero(d), product = hn::Zero(d);
    ForVectorsOf(spread_out, run,
                 [&](const PartialVector& part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
                   const Vec x = part.load(xs + i), g = returned(part, i, x);
                   if (gs != nullptr) part.store(g, gs + i);
                   sum = hn::Add(sum, g);
                   product = hn::MulAdd(g, hn::Sub(x, mean), product);
                 });
    AddTo(spread_out, run, sum, to.sum);
    AddTo(spread_out, run, hn::Mul(product, inverse), to.product);
  });
}

template <typename T>
HWY_INLINE void AffinePairOf(const ChannelView& v, const Returning& from, const float* a,
                             const float* b, const float* offset, T* dx) {
  const T* xs = static_cast<const T*>(from.x);
  const bool spread_out = v.lanes == 1;
  ForRuns(v, [&](const Run& run) RIDGELINE_INLINE_LAMBDA {
    const Return<T> returned(spread_out, run, from);
    const Vec as = OfChannels(spread_out, run, a), bs = OfChannels(spread_out, run, b);
    const Vec offsets = OfChannels(spread_out, run, offset);
    ForVectorsOf(spread_out, run,
                 [&](const PartialVector& part, std::int64_t i) RIDGELINE_INLINE_LAMBDA {
                   const Vec x = part.load(xs + i), g = returned(part, i, x);
                   part.store(hn::MulAdd(as, g, hn::MulAdd(bs, x, offsets)), dx + i);
                 });
  });
}

void Moments(const ChannelView& v, const void* x, double* mean, double* deviations, float* means) {
  if (v.type == dnn::bf16) {
    return MomentsOf(v, static_cast<const Bf16*>(x), mean, deviations, means);
  }
  MomentsOf(v, static_cast<const float*>(x), mean, deviations, means);
}

void AffineRuns(const ChannelView& v, const Affine& a) {
  v.type == dnn::bf16 ? AffineOf<Bf16>(v, a) : AffineOf<float>(v, a);
}

void GradientSumsRuns(const ChannelView& v, const Returning& from, const GradientSums& to) {
  v.type == dnn::bf16 ? GradientSumsOf<Bf16>(v, from, to) : GradientSumsOf<float>(v, from, to);
}

void AffinePairRuns(const ChannelView& v, const Returning& from, const float* a, const float* b,
                    const float* offset, void* dx) {
  if (v.type == dnn::bf16) {
    return AffinePairOf(v, from, a, b, offset, static_cast<Bf16*>(dx));
  }
  AffinePairOf(v, from, a, b, offset, static_cast<float*>(dx));
}

}  // namespace ridgeline::engine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <vector>

namespace ridgeline::engine::kernels {

HWY_EXPORT(Moments);
HWY_EXPORT(AffineRuns);
HWY_EXPORT(GradientSumsRuns);
HWY_EXPORT(AffinePairRuns);

std::optional<ChannelView> channel_view(const dnn::Desc& desc) {
  using dnn::Tag;
  const dnn::Dims dims = dnn::dims_of(desc);
  const dnn::Type type = dnn::type_of(desc);
  const auto is = [&](Tag tag) { return desc == dnn::Desc(dims, type, tag); };
  if (dims.size() == 2) {
    if (is(Tag::ab)) return ChannelView{dims[0], 1, 1, dims[1], dims[1], type};
    return std::nullopt;
  }
  if (dims.size() != 4) return std::nullopt;
  const std::int64_t pixels = dims[2] * dims[3];
  const auto blocked = [&](std::int64_t lanes) {
    return ChannelView{dims[0], (dims[1] + lanes - 1) / lanes, pixels, lanes, dims[1], type};
  };
  if (is(Tag::nchw)) return ChannelView{dims[0], dims[1], pixels, 1, dims[1], type};
  if (is(Tag::nhwc)) return ChannelView{dims[0], 1, pixels, dims[1], dims[1], type};
  if (is(Tag::nChw16c)) return blocked(16);
  if (is(Tag::nChw8c)) return blocked(8);
  return std::nullopt;
}

void moments(const ChannelView& view, const void* x, double* mean, double* deviations) {
  const auto channels = static_cast<std::size_t>(view.padded_channels());
  std::fill_n(mean, channels, 0.0);
  std::fill_n(deviations, channels, 0.0);
  std::vector<float> means(channels);
  HWY_DYNAMIC_DISPATCH(Moments)(view, x, mean, deviations, means.data());
}

void affine(const ChannelView& view, const Affine& arguments) {
  HWY_DYNAMIC_DISPATCH(AffineRuns)(view, arguments);
}

void gradient_sums(const ChannelView& view, const Returning& from, const GradientSums& to) {
  HWY_DYNAMIC_DISPATCH(GradientSumsRuns)(view, from, to);
}

void affine_pair(const ChannelView& view, const Returning& from, const float* a, const float* b,
                 const float* offset, void* dx) {
  HWY_DYNAMIC_DISPATCH(AffinePairRuns)(view, from, a, b, offset, dx);
}

}  // namespace ridgeline::engine::kernels
#endif  // HWY_ONCE
