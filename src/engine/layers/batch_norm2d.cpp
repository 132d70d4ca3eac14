// Batch normalisation. The statistics are those of the whole batch and do not depend on the shards.
// Each shard writes its own to the exchange area, and after a barrier all combine them in the same
// order (Chan et al., "Algorithms for computing the sample variance", 1983).

#include "engine/layers/batch_norm2d.hpp"

#include <cmath>

#include "engine/kernels/channels.hpp"
#include "engine/layers/activation.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"
#include "engine/shards.hpp"
#include "network/layers/batch_norm2d.hpp"

namespace ridgeline::engine {
namespace {

using kernels::ChannelView;

struct BatchNorm {
  std::string name;
  ChannelView view;
  std::size_t channels = 0;  // padded
  std::size_t image_bytes = 0;
  float momentum = 0, epsilon = 0;
  Tensor source, gamma, beta, moving_mean, moving_variance;
  Tensor result;
  float slope = 1;  // of the ReLU after it, if there is one
  float ceiling = kernels::no_ceiling;
  std::optional<Tensor> shortcut;  // what is added before the ReLU
  Tensor saved;                    // Saved of each channel
  std::size_t forward_exchange = 0, backward_exchange = 0;
};

// Numbers of each channel for later steps: inverse is 1 / deviation, and y = scale x + shift.
// Backward, dx = gradient_scale g + factor x + offset.
struct Saved {
  static constexpr std::size_t rows = 7;
  float *mean, *inverse, *scale, *shift, *gradient_scale, *factor, *offset;
  Saved(void* saved, std::size_t channels)
      : mean(out(saved)),
        inverse(mean + channels),
        scale(inverse + channels),
        shift(scale + channels),
        gradient_scale(shift + channels),
        factor(gradient_scale + channels),
        offset(factor + channels) {}
};

// The run's images of a batch. Steps work by images, so that the results of the step before are
// still in the cache.
ChannelView images_of(const BatchNorm& bn, const ShardRun& run) {
  ChannelView view = bn.view;
  view.images = run.end - run.begin;
  return view;
}
void* first_of(const BatchNorm& bn, const ShardRun& run, void* operand) {
  return static_cast<std::byte*>(operand) + static_cast<std::size_t>(run.begin) * bn.image_bytes;
}

// Adds the run's images to this shard's mean and squared deviations.
void add_moments(const BatchNorm& bn, const ShardRun& run, void* source) {
  double* mean = run.exchange + static_cast<std::size_t>(run.shard) * run.exchange_stride +
                 bn.forward_exchange;
  double* deviations = mean + bn.channels;
  if (run.begin == 0) std::fill_n(mean, 2 * bn.channels, 0.0);
  std::vector<double> of_run(2 * bn.channels);
  kernels::moments(images_of(bn, run), first_of(bn, run, source), of_run.data(),
                   of_run.data() + bn.channels);
  const auto pixels = static_cast<double>(bn.view.pixels);
  const double before = static_cast<double>(run.begin) * pixels;
  const double count = static_cast<double>(run.end - run.begin) * pixels,
               share = count / (before + count);
  for (std::size_t c = 0; c < bn.channels; ++c) {
    const double delta = of_run[c] - mean[c];
    mean[c] += delta * share;
    deviations[c] += of_run[bn.channels + c] + delta * delta * before * share;
  }
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

void save_statistics(const BatchNorm& bn, const ShardRun& run, std::span<void* const> operands) {
  std::vector<double> mean(bn.channels), variance(bn.channels);
  combine(bn, run, mean, variance);
  const float *gamma = in(operands[1]), *beta = in(operands[2]);
  float *moving_mean = out(operands[3]), *moving_variance = out(operands[4]);
  const Saved saved(operands[5], bn.channels);
  std::fill_n(saved.mean, Saved::rows * bn.channels, 0.0F);
  for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
    const double inverse = 1 / std::sqrt(variance[c] + bn.epsilon);
    saved.mean[c] = static_cast<float>(mean[c]);
    saved.inverse[c] = static_cast<float>(inverse);
    saved.scale[c] = static_cast<float>(gamma[c] * inverse);
    saved.shift[c] = static_cast<float>(beta[c] - gamma[c] * inverse * mean[c]);
    if (run.shard == 0) {
      moving_mean[c] += (1 - bn.momentum) * (saved.mean[c] - moving_mean[c]);
      moving_variance[c] +=
          (1 - bn.momentum) * (static_cast<float>(variance[c]) - moving_variance[c]);
    }
  }
}

void add_training(PlanBuilder& plan, BatchNorm& bn) {
  bn.forward_exchange = plan.exchange(2 * bn.channels);
  bn.saved = plan.buffer(dnn::plain({static_cast<std::int64_t>(Saved::rows * bn.channels)}));
  plan.run_by_image(
      bn.name + " statistics", "ridgeline", {bn.source},
      [bn](std::span<void* const> operands, const ShardRun& run) {
        add_moments(bn, run, operands[0]);
      },
      0, true);
  plan.run_by_image(bn.name + " forward", "ridgeline",
                    {bn.source, bn.gamma, bn.beta, bn.moving_mean, bn.moving_variance, bn.saved,
                     bn.result, bn.shortcut.value_or(bn.source)},
                    [bn](std::span<void* const> operands, const ShardRun& run) {
                      if (run.begin == 0) save_statistics(bn, run, operands);
                      const Saved saved(operands[5], bn.channels);
                      kernels::affine(images_of(bn, run),
                                      {first_of(bn, run, operands[0]), saved.scale, saved.shift,
                                       first_of(bn, run, operands[6]),
                                       bn.shortcut ? first_of(bn, run, operands[7]) : nullptr,
                                       bn.slope, bn.ceiling});
                    });
}

void add_inference(PlanBuilder& plan, const BatchNorm& bn) {
  plan.run_by_image(bn.name + " forward", "ridgeline",
                    {bn.source, bn.gamma, bn.beta, bn.moving_mean, bn.moving_variance, bn.result,
                     bn.shortcut.value_or(bn.source)},
                    [bn](std::span<void* const> operands, const ShardRun& run) {
                      std::vector<float> scale(bn.channels), shift(bn.channels);
                      for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
                        scale[c] = in(operands[1])[c] / std::sqrt(in(operands[4])[c] + bn.epsilon);
                        shift[c] = in(operands[2])[c] - scale[c] * in(operands[3])[c];
                      }
                      kernels::affine(images_of(bn, run),
                                      {first_of(bn, run, operands[0]), scale.data(), shift.data(),
                                       first_of(bn, run, operands[5]),
                                       bn.shortcut ? first_of(bn, run, operands[6]) : nullptr,
                                       bn.slope, bn.ceiling});
                    });
}

// With x^ = (x - mean) / deviation over N numbers of a channel:
//   dgamma = sum dy x^,  dbeta = sum dy,  dx = gamma / deviation (dy - dbeta / N - x^ dgamma / N)
void save_factors(const BatchNorm& bn, const ShardRun& run, const float* gamma,
                  const Saved& saved) {
  const double count = static_cast<double>(run.batch_images * bn.view.pixels);
  for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
    double sum = 0, product = 0;
    for (int s = 0; s < run.shards; ++s) {
      const double* shown =
          run.exchange + static_cast<std::size_t>(s) * run.exchange_stride + bn.backward_exchange;
      sum += shown[c];
      product += shown[bn.channels + c];
    }
    const double scale = static_cast<double>(gamma[c]) * saved.inverse[c];
    const double factor = -scale * product / count * saved.inverse[c];
    saved.gradient_scale[c] = static_cast<float>(scale);
    saved.factor[c] = static_cast<float>(factor);
    saved.offset[c] = static_cast<float>(-scale * sum / count - factor * saved.mean[c]);
  }
}

// dy is the gradient before the ReLU. The gradients of gamma and beta are those of each shard; the
// update adds them up. Returns dy, which a shortcut needs, too.
Tensor add_backward(PlanBuilder& plan, BatchNorm bn, int from, const Tensor& output_gradient) {
  const Tensor gradient = plan.reorder(output_gradient, bn.source.desc, bn.name + " gradient");
  bn.backward_exchange = plan.exchange(2 * bn.channels);
  const Tensor returned = bn.shortcut ? plan.buffer(bn.source.desc) : gradient;
  plan.run_by_image(
      bn.name + " gradient sums", "ridgeline",
      {bn.source, gradient, bn.saved, PlanBuilder::gradient_of(bn.gamma),
       PlanBuilder::gradient_of(bn.beta), bn.result, returned},
      [bn, images = plan.images()](std::span<void* const> operands, const ShardRun& run) {
        double* sum = run.exchange + static_cast<std::size_t>(run.shard) * run.exchange_stride +
                      bn.backward_exchange;
        double* product = sum + bn.channels;
        if (run.begin == 0) std::fill_n(sum, 2 * bn.channels, 0.0);
        const Saved saved(operands[2], bn.channels);
        kernels::gradient_sums(
            images_of(bn, run),
            {first_of(bn, run, operands[0]), first_of(bn, run, operands[1]), bn.slope, saved.scale,
             saved.shift, bn.shortcut ? first_of(bn, run, operands[5]) : nullptr, bn.ceiling},
            {saved.mean, saved.inverse, sum, product,
             bn.shortcut ? first_of(bn, run, operands[6]) : nullptr});
        if (run.end < images) return;
        for (std::size_t c = 0; c < static_cast<std::size_t>(bn.view.channels); ++c) {
          out(operands[3])[c] = static_cast<float>(product[c]);
          out(operands[4])[c] = static_cast<float>(sum[c]);
        }
      },
      0, true);
  if (!plan.needs_gradient(from)) return returned;
  const Tensor result = plan.buffer(bn.source.desc);
  const float slope = bn.shortcut ? 1 : bn.slope;
  plan.run_by_image(
      bn.name + " backward", "ridgeline", {bn.source, returned, bn.saved, bn.gamma, result},
      [bn, slope](std::span<void* const> operands, const ShardRun& run) {
        const Saved saved(operands[2], bn.channels);
        if (run.begin == 0) save_factors(bn, run, in(operands[3]), saved);
        kernels::affine_pair(images_of(bn, run),
                             {first_of(bn, run, operands[0]), first_of(bn, run, operands[1]), slope,
                              saved.scale, saved.shift, nullptr, bn.ceiling},
                             saved.gradient_scale, saved.factor, saved.offset,
                             first_of(bn, run, operands[4]));
      });
  plan.add_gradient(from, result);
  return returned;
}

BatchNorm batch_norm(PlanBuilder& plan, const NodeContext& node) {
  const auto& o = static_cast<const network::BatchNorm2DSpec&>(node.spec).options();
  BatchNorm bn;
  bn.name = node.name;
  bn.source = plan.keep(plan.value(node.inputs[0]), node.name);
  if (!kernels::channel_view(bn.source.desc)) bn.source = plan.plain(bn.source, node.name);
  bn.view = *kernels::channel_view(bn.source.desc);
  bn.channels = static_cast<std::size_t>(bn.view.padded_channels());
  bn.image_bytes = bn.source.desc.get_size() / static_cast<std::size_t>(plan.images());
  bn.momentum = static_cast<float>(o.momentum);
  bn.epsilon = static_cast<float>(o.epsilon);
  const dnn::Dims channels{bn.view.channels};
  bn.gamma = plan.parameter(node.node, "gamma", channels);
  bn.beta = plan.parameter(node.node, "beta", channels);
  bn.moving_mean = plan.parameter(node.node, "moving_mean", channels);
  bn.moving_variance = plan.parameter(node.node, "moving_variance", channels);
  bn.result = plan.buffer(bn.source.desc);
  return bn;
}

void add_forward(PlanBuilder& plan, BatchNorm& bn, int node) {
  if (plan.training()) {
    add_training(plan, bn);
  } else {
    add_inference(plan, bn);
  }
  plan.set_value(node, bn.result);
}

// The normalisation that is fused with an addition: the first one that nothing else reads.
std::optional<NodeContext> norm_of_add(const PlanBuilder& plan, const NodeContext& add) {
  if (add.inputs.size() != 2 || add.inputs[0] == add.inputs[1]) return std::nullopt;
  for (const int input : add.inputs) {
    if (input == Node::image || !plan.only_reader(input)) continue;
    const NodeContext norm = plan.context(input);
    if (norm.spec.kind() == "batch_norm2d") return norm;
  }
  return std::nullopt;
}

}  // namespace

std::optional<NormIntoRelu> norm_into_relu(const PlanBuilder& plan, const NodeContext& activation) {
  const int input = activation.inputs[0];
  if (!plan.fused() || !is_relu_layer(activation) || input == Node::image ||
      !plan.only_reader(input)) {
    return std::nullopt;
  }
  const NodeContext before = plan.context(input);
  if (before.spec.kind() == "batch_norm2d") return NormIntoRelu{before, std::nullopt};
  if (before.spec.kind() != "add") return std::nullopt;
  const auto norm = norm_of_add(plan, before);
  if (!norm) return std::nullopt;
  const int shortcut = before.inputs[before.inputs[0] == norm->node ? 1 : 0];
  return NormIntoRelu{*norm, before, shortcut};
}

bool goes_into_relu(const PlanBuilder& plan, const NodeContext& node) {
  const auto reader = plan.only_reader(node.node);
  if (!reader) return false;
  const auto next = reader->spec.kind() == "add" ? plan.only_reader(reader->node) : reader;
  const auto nodes = next ? norm_into_relu(plan, *next) : std::nullopt;
  return nodes && (nodes->norm.node == node.node || (nodes->add && nodes->add->node == node.node));
}

Backward compile_norm_into_relu(PlanBuilder& plan, const NormIntoRelu& nodes,
                                const NodeContext& activation) {
  BatchNorm bn = batch_norm(plan, nodes.norm);
  const kernels::Rectifier rectifier = fused_relu(activation.activation).rectifier;
  bn.slope = rectifier.slope;
  bn.ceiling = rectifier.ceiling;
  if (nodes.add) {
    bn.shortcut = plan.reorder(plan.value(nodes.shortcut), bn.source.desc, nodes.add->name);
  }
  add_forward(plan, bn, activation.node);
  return
      [&plan, bn, from = nodes.norm.inputs[0], shortcut = nodes.shortcut](const Tensor& gradient) {
        const Tensor returned = add_backward(plan, bn, from, gradient);
        if (bn.shortcut && plan.needs_gradient(shortcut)) plan.add_gradient(shortcut, returned);
      };
}

Backward compile_batch_norm2d(PlanBuilder& plan, const NodeContext& node) {
  if (plan.compiled(node.node)) return {};
  if (goes_into_relu(plan, node)) {
    plan.leave_to_reader(node.node);
    return {};
  }
  BatchNorm bn = batch_norm(plan, node);
  add_forward(plan, bn, node.node);
  return [&plan, bn, from = node.inputs[0]](const Tensor& gradient) {
    add_backward(plan, bn, from, gradient);
  };
}

}  // namespace ridgeline::engine
