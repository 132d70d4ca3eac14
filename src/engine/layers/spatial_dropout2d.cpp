// Dropout of whole channels, image by image, in any layout. As in dropout, the backward pass draws
// the same numbers again.

#include "network/layers/spatial_dropout2d.hpp"

#include "engine/kernels/channels.hpp"
#include "engine/layers/compilers.hpp"
#include "engine/layers/random_stream.hpp"

namespace ridgeline::engine {
namespace {

struct Channels {
  int node;
  float rate;
  kernels::ChannelView view;  // of one image
  std::size_t image_bytes;
};

void drop(const Channels& c, const ShardRun& run, const void* from, void* to) {
  const float keep = 1.0F / (1.0F - c.rate);
  const auto channels = static_cast<std::size_t>(c.view.padded_channels());
  std::vector<float> scale(channels), shift(channels);
  for (std::int64_t image = run.begin; image < run.end; ++image) {
    Random random = random_stream(run, c.node, image);
    for (std::size_t i = 0; i < static_cast<std::size_t>(c.view.channels); ++i) {
      scale[i] = random.uniform() < c.rate ? 0.0F : keep;
    }
    const std::size_t at = static_cast<std::size_t>(image) * c.image_bytes;
    kernels::affine(c.view, {static_cast<const std::byte*>(from) + at, scale.data(), shift.data(),
                             static_cast<std::byte*>(to) + at});
  }
}

}  // namespace

Backward compile_spatial_dropout2d(PlanBuilder& plan, const NodeContext& node) {
  const auto rate = static_cast<float>(
      static_cast<const network::SpatialDropout2DSpec&>(node.spec).options().rate);
  const int from = node.inputs[0];
  if (!plan.training() || rate == 0) {
    plan.set_value(node.node, plan.value(from));
    return [&plan, from](const Tensor& gradient) { plan.add_gradient(from, gradient); };
  }
  const Tensor& value = plan.value(from);
  const Tensor source = kernels::channel_view(value.desc) ? value : plan.plain(value, node.name);
  Channels channels{node.node, rate, *kernels::channel_view(source.desc),
                    source.desc.get_size() / static_cast<std::size_t>(plan.images())};
  channels.view.images = 1;
  const auto add_steps = [&plan, channels](const std::string& name, const Tensor& before) {
    const Tensor result = plan.buffer(before.desc);
    plan.run_by_image(name, "ridgeline", {before, result},
                      [channels](std::span<void* const> operands, const ShardRun& run) {
                        drop(channels, run, operands[0], operands[1]);
                      });
    return result;
  };
  plan.set_value(node.node, add_steps(node.name + " forward", source));
  return [=, &plan, name = node.name](const Tensor& gradient) {
    plan.add_gradient(from, add_steps(name + " backward",
                                      plan.reorder(gradient, source.desc, name + " gradient")));
  };
}

}  // namespace ridgeline::engine
