// Scale-invariant layers: a normalisation behind a convolution takes out the scale of each filter,
// so that the loss does not depend on it, and a penalty cannot make the function simpler. It only
// shrinks |w|, and with that raises the effective learning rate a / |w|^2, a being the step per
// unit of gradient (van Laarhoven, arXiv 1706.05350; Hoffer et al., arXiv 1803.01814).
//
// A kernel is such a one where everything that reads the layer leads to a normalisation through
// layers that keep scale: pools, upsampling, dropout, concatenation, and ReLUs, which keep positive
// factors. A bias right before a normalisation is taken out with the mean, since these layers keep
// what is added to a whole channel, too; a ReLU does not, and behind it the kernel alone is not
// scale-invariant.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr std::array<std::string_view, 7> keep_scale{
    "max_pool2d",        "average_pool2d", "global_average_pool2d", "upsample2d", "dropout",
    "spatial_dropout2d", "concat"};

bool is_relu(const LayerSpec& spec) {
  const std::string activation = spec.activation();
  return activation == "relu" || activation.starts_with("leaky_relu");
}

bool has_bias(const Record& record, int node) {
  return std::ranges::any_of(record.layout.parameters, [&](const Parameter& p) {
    return p.node == node && p.spec.role == Role::bias;
  });
}

// Whether all that reads `node` ends in a normalisation. `relu`: may there be one on the way.
bool is_normalised(const Record& record, int node, bool relu) {
  const auto& nodes = record.network.nodes();
  bool read = false;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (std::ranges::find(nodes[n].inputs, node) == nodes[n].inputs.end()) continue;
    read = true;
    const LayerSpec& spec = nodes[n].layer.spec();
    if (spec.kind() == "batch_norm2d") continue;
    const bool keeps = std::ranges::find(keep_scale, spec.kind()) != keep_scale.end() ||
                       (spec.kind() == "activation" && relu && is_relu(spec));
    if (!keeps || !is_normalised(record, static_cast<int>(n), relu)) return false;
  }
  return read;
}

bool is_scale_invariant(const Record& record, const Parameter& parameter) {
  if (parameter.spec.role != Role::kernel) return false;
  const LayerSpec& spec =
      record.network.nodes()[static_cast<std::size_t>(parameter.node)].layer.spec();
  const bool relu_may_follow = !has_bias(record, parameter.node);
  const bool own = spec.activation() == "linear" || (relu_may_follow && is_relu(spec));
  return own && is_normalised(record, parameter.node, relu_may_follow);
}

}  // namespace

Verdicts scale_invariance(const Record& record) {
  Verdict verdict{.kind = "scale-invariant-layers", .severity = Severity::note};
  std::vector<std::size_t> found;
  for (const std::size_t p : penalised(record)) {
    if (!is_scale_invariant(record, record.layout.parameters[p])) continue;
    found.push_back(p);
    verdict.layers.push_back(layer_of(record, p));
  }
  if (found.empty()) return {};
  const auto rate = [&](const Epoch& epoch) {
    double sum = 0;
    for (const std::size_t p : found) {
      if (p < epoch.statistics.parameters.size()) {
        sum += epoch.statistics.parameters[p].effective_rate;
      }
    }
    return sum / static_cast<double>(found.size());
  };
  const double first = rate(record.epochs.front()), last = rate(record.epochs.back());
  verdict.sentence = fmt::format(
      "In {} of {} kernels λ only sets the effective learning rate, since a normalisation behind "
      "them "
      "takes out their scale: it went from {:.3g} to {:.3g}.",
      found.size(), trained_kernels(record).size(), first, last);
  for (const Epoch& epoch : record.epochs) {
    verdict.evidence.push_back(
        {fmt::format("effective learning rate in epoch {}", epoch.epoch), rate(epoch)});
  }
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
