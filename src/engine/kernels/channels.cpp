#include "engine/kernels/channels.hpp"

#include <algorithm>

namespace ridgeline::engine::kernels {
namespace {

// Calls run(offset, first_channel) for each stretch of pixels x lanes numbers.
template <typename F>
void for_each_block(const ChannelView& v, F run) {
  for (std::int64_t n = 0; n < v.images; ++n) {
    for (std::int64_t b = 0; b < v.blocks; ++b) {
      run((n * v.blocks + b) * v.pixels * v.lanes, b * v.lanes);
    }
  }
}

// Adds term(i, channel) over all numbers to sums[channel].
template <typename F>
void accumulate(const ChannelView& v, double* sums, F term) {
  for_each_block(v, [&](std::int64_t offset, std::int64_t channel) {
    if (v.lanes == 1) {
      double sum = 0;
      for (std::int64_t p = 0; p < v.pixels; ++p) sum += term(offset + p, channel);
      sums[channel] += sum;
      return;
    }
    for (std::int64_t p = 0; p < v.pixels; ++p) {
      for (std::int64_t l = 0; l < v.lanes; ++l) {
        sums[channel + l] += term(offset + p * v.lanes + l, channel + l);
      }
    }
  });
}

// Calls set(i, channel) for all numbers.
template <typename F>
void transform(const ChannelView& v, F set) {
  for_each_block(v, [&](std::int64_t offset, std::int64_t channel) {
    if (v.lanes == 1) {
      for (std::int64_t p = 0; p < v.pixels; ++p) set(offset + p, channel);
      return;
    }
    for (std::int64_t p = 0; p < v.pixels; ++p) {
      for (std::int64_t l = 0; l < v.lanes; ++l) set(offset + p * v.lanes + l, channel + l);
    }
  });
}

}  // namespace

std::optional<ChannelView> channel_view(const dnn::Desc& desc) {
  using dnn::Tag;
  const dnn::Dims dims = dnn::dims_of(desc);
  if (dims.size() == 2) {
    if (desc == dnn::plain(dims)) return ChannelView{dims[0], 1, 1, dims[1], dims[1]};
    return std::nullopt;
  }
  if (dims.size() != 4) return std::nullopt;
  const auto is = [&](Tag tag) {
    return desc == dnn::Desc(dims, dnnl::memory::data_type::f32, tag);
  };
  const std::int64_t pixels = dims[2] * dims[3];
  const auto blocked = [&](std::int64_t lanes) {
    return ChannelView{dims[0], (dims[1] + lanes - 1) / lanes, pixels, lanes, dims[1]};
  };
  if (is(Tag::nchw)) return ChannelView{dims[0], dims[1], pixels, 1, dims[1]};
  if (is(Tag::nhwc)) return ChannelView{dims[0], 1, pixels, dims[1], dims[1]};
  if (is(Tag::nChw16c)) return blocked(16);
  if (is(Tag::nChw8c)) return blocked(8);
  return std::nullopt;
}

void moments(const ChannelView& view, const float* x, double* mean, double* deviations) {
  std::fill_n(mean, view.padded_channels(), 0.0);
  std::fill_n(deviations, view.padded_channels(), 0.0);
  accumulate(view, mean, [&](std::int64_t i, std::int64_t) { return static_cast<double>(x[i]); });
  const double count = static_cast<double>(view.images * view.pixels);
  for (std::int64_t c = 0; c < view.padded_channels(); ++c) mean[c] /= count;
  accumulate(view, deviations, [&](std::int64_t i, std::int64_t c) {
    const double d = x[i] - mean[c];
    return d * d;
  });
}

void affine(const ChannelView& view, const float* x, float* y, const float* scale,
            const float* shift) {
  transform(view, [&](std::int64_t i, std::int64_t c) { y[i] = scale[c] * x[i] + shift[c]; });
}

void gradient_sums(const ChannelView& view, const float* x, const float* dy, const float* mean,
                   const float* inverse, double* sum, double* product) {
  std::fill_n(sum, view.padded_channels(), 0.0);
  std::fill_n(product, view.padded_channels(), 0.0);
  accumulate(view, sum, [&](std::int64_t i, std::int64_t) { return static_cast<double>(dy[i]); });
  accumulate(view, product, [&](std::int64_t i, std::int64_t c) {
    return static_cast<double>(dy[i] * ((x[i] - mean[c]) * inverse[c]));
  });
}

void affine_pair(const ChannelView& view, const float* x, const float* dy, float* dx,
                 const float* a, const float* b, const float* offset) {
  transform(view, [&](std::int64_t i, std::int64_t c) {
    dx[i] = a[c] * dy[i] + b[c] * x[i] + offset[c];
  });
}

}  // namespace ridgeline::engine::kernels
