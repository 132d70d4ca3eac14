// Batch normalisation. The statistics are the whole batch's, whatever the shards: each shard
// shows the others its own, and after a barrier all combine them in the same order (Chan et al.,
// "Algorithms for computing the sample variance", 1983).

#include "network/layers/batch_norm2d.hpp"

#include <cmath>

#include "engine/kernels/channels.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/shards.hpp"

namespace ridgeline::engine {
namespace {

using kernels::ChannelView;

struct BatchNorm {
  std::string name;
  ChannelView view;
  std::size_t channels = 0;  // padded
  float momentum = 0, epsilon = 0;
  Tensor source, gamma, beta, moving_mean, moving_variance;
  Tensor saved;  // mean, then 1 / deviation, of each channel
  std::size_t forward_exchange = 0, backward_exchange = 0;
};

const float* in(void* operand) {
  return static_cast<const float*>(operand);
}
float* out(void* operand) {
  return static_cast<float*>(operand);
}

// The batch's mean and biased variance from every shard's mean and squared deviations.
void combine(const BatchNorm& bn, const ShardRun& run, std::vector<double>& mean,
             std::vector<double>& variance) {
  const auto pixels = static_cast<double>(bn.view.pixels);
  for (std::size_t c = 0; c < bn.channels; ++c) {
    double count = 0, m = 0, deviations = 0;
    for (int s = 0; s < run.shards; ++s) {
      const double* shown =
          run.exchange + static_cast<std::size_t>(s) * run.exchange_stride + bn.forward_exchange;
      const double n =
          static_cast<double>(shard_of(run.batch_images, run.shards, s).images) * pixels;
      const double delta = shown[c] - m;
      deviations += shown[bn.channels + c] + delta * delta * count * n / (count + n);
      m += delta * n / (count + n);
      count += n;
    }
    mean[c] = m;
    variance[c] = deviations / count;
  }
}

void lay_training(PlanBuilder& plan, BatchNorm& bn, const Tensor& result) {
  bn.forward_exchange = plan.exchange(2 * bn.channels);
  bn.saved = plan.buffer(dnn::plain({static_cast<std::int64_t>(2 * bn.channels)}));
  plan.run_kernel(
      bn.name + " statistics", {bn.source},
      [bn](std::span<void* const> operands, const ShardRun& run) {
        double* shown = run.exchange + static_cast<std::size_t>(run.shard) * run.exchange_stride +
                        bn.forward_exchange;
        kernels::moments(bn.view, in(operands[0]), shown, shown + bn.channels);
      },
      0, true);
  plan.run_kernel(
      bn.name + " forward",
      {bn.source, bn.gamma, bn.beta, bn.moving_mean, bn.moving_variance, bn.saved, result},
      [bn](std::span<void* const> operands, const ShardRun& run) {
        std::vector<double> mean(bn.channels), variance(bn.channels);
        combine(bn, run, mean, variance);
        const float *gamma = in(operands[1]), *beta = in(operands[2]);
        float *moving_mean = out(operands[3]), *moving_variance = out(operands[4]);
        float *saved_mean = out(operands[5]), *saved_inverse = saved_mean + bn.channels;
        std::vector<float> scale(bn.channels), shift(bn.channels);
        for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
          const double inverse = 1 / std::sqrt(variance[c] + bn.epsilon);
          saved_mean[c] = static_cast<float>(mean[c]);
          saved_inverse[c] = static_cast<float>(inverse);
          scale[c] = static_cast<float>(gamma[c] * inverse);
          shift[c] = static_cast<float>(beta[c] - gamma[c] * inverse * mean[c]);
          if (run.shard == 0) {
            moving_mean[c] += (1 - bn.momentum) * (saved_mean[c] - moving_mean[c]);
            moving_variance[c] +=
                (1 - bn.momentum) * (static_cast<float>(variance[c]) - moving_variance[c]);
          }
        }
        kernels::affine(bn.view, in(operands[0]), out(operands[6]), scale.data(), shift.data());
      });
}

void lay_inference(PlanBuilder& plan, const BatchNorm& bn, const Tensor& result) {
  plan.run_kernel(bn.name + " forward",
                  {bn.source, bn.gamma, bn.beta, bn.moving_mean, bn.moving_variance, result},
                  [bn](std::span<void* const> operands, const ShardRun&) {
                    std::vector<float> scale(bn.channels), shift(bn.channels);
                    for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
                      scale[c] = in(operands[1])[c] / std::sqrt(in(operands[4])[c] + bn.epsilon);
                      shift[c] = in(operands[2])[c] - scale[c] * in(operands[3])[c];
                    }
                    kernels::affine(bn.view, in(operands[0]), out(operands[5]), scale.data(),
                                    shift.data());
                  });
}

// With x^ = (x - mean) / deviation over N numbers of a channel:
//   dgamma = sum dy x^,  dbeta = sum dy,  dx = gamma / deviation (dy - dbeta / N - x^ dgamma / N)
// Gradients of gamma and beta are left as each shard's own share: the update adds them up.
void lay_backward(PlanBuilder& plan, BatchNorm bn, int from, const Tensor& output_gradient) {
  const Tensor gradient = plan.reorder(output_gradient, bn.source.desc, bn.name + " gradient");
  bn.backward_exchange = plan.exchange(2 * bn.channels);
  plan.run_kernel(
      bn.name + " gradient sums",
      {bn.source, gradient, bn.saved, PlanBuilder::gradient_of(bn.gamma),
       PlanBuilder::gradient_of(bn.beta)},
      [bn](std::span<void* const> operands, const ShardRun& run) {
        double* sum = run.exchange + static_cast<std::size_t>(run.shard) * run.exchange_stride +
                      bn.backward_exchange;
        double* product = sum + bn.channels;
        const float* saved = in(operands[2]);
        kernels::gradient_sums(bn.view, in(operands[0]), in(operands[1]), saved,
                               saved + bn.channels, sum, product);
        for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
          out(operands[3])[c] = static_cast<float>(product[c]);
          out(operands[4])[c] = static_cast<float>(sum[c]);
        }
      },
      0, true);
  if (!plan.needs_gradient(from)) return;
  const Tensor result = plan.buffer(bn.source.desc);
  plan.run_kernel(bn.name + " backward", {bn.source, gradient, bn.saved, bn.gamma, result},
                  [bn](std::span<void* const> operands, const ShardRun& run) {
                    const float *mean = in(operands[2]), *inverse = mean + bn.channels;
                    std::vector<float> a(bn.channels), b(bn.channels), offset(bn.channels);
                    const double count = static_cast<double>(run.batch_images * bn.view.pixels);
                    for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
                      double sum = 0, product = 0;
                      for (int s = 0; s < run.shards; ++s) {
                        const double* shown = run.exchange +
                                              static_cast<std::size_t>(s) * run.exchange_stride +
                                              bn.backward_exchange;
                        sum += shown[c];
                        product += shown[bn.channels + c];
                      }
                      const double scale = static_cast<double>(in(operands[3])[c]) * inverse[c];
                      const double slope = -scale * product / count * inverse[c];
                      a[c] = static_cast<float>(scale);
                      b[c] = static_cast<float>(slope);
                      offset[c] = static_cast<float>(-scale * sum / count - slope * mean[c]);
                    }
                    kernels::affine_pair(bn.view, in(operands[0]), in(operands[1]),
                                         out(operands[4]), a.data(), b.data(), offset.data());
                  });
  plan.add_gradient(from, result);
}

}  // namespace

Backward compile_batch_norm2d(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::BatchNorm2DSpec&>(node.spec).options();
  const int from = node.inputs[0];
  BatchNorm bn;
  bn.name = node.name;
  bn.source = plan.value(from);
  if (!kernels::channel_view(bn.source.desc)) bn.source = plan.plain(bn.source, node.name);
  bn.view = *kernels::channel_view(bn.source.desc);
  bn.channels = static_cast<std::size_t>(bn.view.padded_channels());
  bn.momentum = static_cast<float>(o.momentum);
  bn.epsilon = static_cast<float>(o.epsilon);
  const dnn::Dims channels{bn.view.channels};
  bn.gamma = plan.parameter(node.node, "gamma", channels);
  bn.beta = plan.parameter(node.node, "beta", channels);
  bn.moving_mean = plan.parameter(node.node, "moving_mean", channels);
  bn.moving_variance = plan.parameter(node.node, "moving_variance", channels);
  const Tensor result = plan.buffer(bn.source.desc);
  if (plan.training()) {
    lay_training(plan, bn, result);
  } else {
    lay_inference(plan, bn, result);
  }
  plan.set_value(node.node, result);
  return [&plan, bn, from](const Tensor& gradient) { lay_backward(plan, bn, from, gradient); };
}

}  // namespace ridgeline::engine
