// Scale-invariant layers: a normalisation after a convolution removes the scale of each filter. So
// the loss does not depend on it, and a penalty cannot make the function simpler. It only shrinks
// |w|, which raises the effective learning rate a / |w|^2, where a is the step per
// unit of gradient (van Laarhoven, arXiv 1706.05350; Hoffer et al., arXiv 1803.01814).
//
// A kernel is scale-invariant if everything that reads the layer leads to a normalisation through
// layers that keep scale (LayerTraits): pools, upsampling, dropout, concatenation, and ReLUs, which
// keep positive factors. A normalisation also removes a bias, as a part of the mean, if the
// layers before it keep what is added to a whole channel. A ReLU does not keep that: before it, a
// kernel with a bias is not scale-invariant.

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

bool has_bias(const Record& record, int node) {
  return std::ranges::any_of(record.layout.parameters, [&](const Parameter& p) {
    return p.node == node && p.spec.role == Role::bias;
  });
}

// Whether the scale passes through and, if a bias added a shift, the shift, too.
bool keeps_enough(const LayerTraits& traits, bool shifted) {
  return traits.keeps_scale && (traits.keeps_shift || !shifted);
}

// Whether everything that reads `node` leads to a normalisation, which removes scale and shift.
bool is_normalised(const Record& record, int node, bool shifted) {
  const auto& nodes = record.network.nodes();
  bool read = false;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (std::ranges::find(nodes[n].inputs, node) == nodes[n].inputs.end()) continue;
    read = true;
    const LayerTraits traits = nodes[n].layer.spec().traits();
    if (traits.normalizes) continue;
    const bool keeps = traits.channels == ChannelFlow::passes && keeps_enough(traits, shifted);
    if (!keeps || !is_normalised(record, static_cast<int>(n), shifted)) return false;
  }
  return read;
}

bool is_scale_invariant(const Record& record, const Parameter& parameter) {
  if (parameter.spec.role != Role::kernel) return false;
  const LayerTraits traits =
      record.network.nodes()[static_cast<std::size_t>(parameter.node)].layer.spec().traits();
  const bool shifted = has_bias(record, parameter.node);
  return keeps_enough(traits, shifted) && is_normalised(record, parameter.node, shifted);
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
      "In {} of {} kernels λ only sets the effective learning rate, because a normalisation after "
      "them removes their scale: it went from {:.3g} to {:.3g}.",
      found.size(), trained_kernels(record).size(), first, last);
  for (const Epoch& epoch : record.epochs) {
    verdict.evidence.push_back(
        {fmt::format("effective learning rate in epoch {}", epoch.epoch), rate(epoch)});
  }
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
