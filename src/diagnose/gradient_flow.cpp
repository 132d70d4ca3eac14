// Vanishing and exploding gradients: how two scales change along the depth, over the kernels in the
// network's order.
//   gradients    |g| |w| of each kernel. In a network of ReLUs without biases <g, w> is the same
//                for all kernels, whatever their sizes (Euler's theorem: the output is homogeneous
//                in each). So kernels of different shapes can be compared.
//   activations  the root mean square of the values of hidden layers with kernels. With ReLUs it
//                shows what <g, w> cannot: signals that grow or shrink by a factor from layer to
//                layer (He et al., arXiv 1502.01852).
// A line is fitted to their logarithms, as means over the epochs, by least squares. If its ends
// differ by `steep` or more, the layers at one end learn almost nothing, or the signal at one end
// is noise or overflow for the other.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double steep = 2;                // powers of ten
constexpr std::size_t fewest_kernels = 3;  // fewer are not deep enough

// The powers of ten by which the line goes up from its start to its end.
double climb(std::span<const double> logarithms) {
  if (logarithms.size() < 2) return 0;
  return slope(logarithms) * static_cast<double>(logarithms.size() - 1);
}

double gradient_climb(const Record& record, std::span<const std::size_t> kernels) {
  std::vector<double> sizes;
  for (const std::size_t p : kernels) {
    sizes.push_back(mean_log(record, p, &ParameterStatistics::gradient_norm) +
                    mean_log(record, p, &ParameterStatistics::weight_norm));
  }
  return climb(sizes);
}

// The mean of a layer over the measured epochs. A layer of zeros counts as 1e-30.
double mean_log_rms(const Record& record, std::size_t node) {
  double sum = 0, count = 0;
  for (const Epoch& epoch : record.epochs) {
    if (epoch.statistics.activations.empty()) continue;
    sum += std::log10(std::max(epoch.statistics.activations[node].rms, 1e-30));
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

double activation_climb(const Record& record, std::span<const std::size_t> kernels) {
  std::vector<double> sizes;
  for (const std::size_t p : kernels) {
    const auto node = static_cast<std::size_t>(record.layout.parameters[p].node);
    if (node + 1 < record.network.nodes().size()) sizes.push_back(mean_log_rms(record, node));
  }
  return climb(sizes);
}

bool saturates(const Record& record) {
  const auto& nodes = record.network.nodes();
  return std::any_of(nodes.begin(), nodes.end() - 1,
                     [](const Node& node) { return node.layer.spec().traits().saturates; });
}

// Whether there are ReLUs, and kernels of hidden layers that He's initialisation does not draw.
bool lacks_he_kernels(const Record& record, std::span<const std::size_t> kernels) {
  return has_layer(record, &LayerTraits::rectifies) &&
         std::ranges::any_of(kernels.first(kernels.size() - 1), [&](std::size_t p) {
           return !record.layout.parameters[p].spec.initializer.starts_with("he_");
         });
}

// What helps with vanishing gradients depends on their cause. While units saturate, neither a
// weaker penalty nor other kernels help. While a penalty shrinks all kernels, other kernels do not
// help.
std::string advice(const Record& record, std::span<const std::size_t> kernels, bool vanishing) {
  if (!vanishing && has_layer(record, &LayerTraits::sums_inputs)) return clipped_gradients();
  if (saturates(record)) return vanishing ? rectified_units() : "";
  if (vanishing && !penalised(record).empty() && penalty_acted_everywhere(record)) {
    return weaker_penalty(record);
  }
  return lacks_he_kernels(record, kernels) ? he_kernels() : "";
}

bool has_a_silent_layer(const Record& record) {
  return std::ranges::any_of(record.epochs, [](const Epoch& epoch) {
    return std::ranges::any_of(epoch.statistics.activations,
                               [](const ActivationStatistics& a) { return a.dead >= 1; });
  });
}

std::string times(double powers) {
  return fmt::format("{:.2g}", std::pow(10, std::abs(powers)));
}

}  // namespace

Verdicts gradient_flow(const Record& record) {
  const auto kernels = trained_kernels(record);
  // A completely dead layer stops all gradients: dead_units reports that.
  if (kernels.size() < fewest_kernels || has_a_silent_layer(record)) return {};
  const double gradients = gradient_climb(record, kernels);
  const double signals = activation_climb(record, kernels);
  if (!std::isfinite(gradients + signals)) return {};  // divergence() reports these
  const bool vanishing = gradients > steep || signals < -steep;
  const bool exploding = gradients < -steep || signals > steep;
  if (!vanishing && !exploding) return {};

  const std::string &first = layer_of(record, kernels.front()),
                    &last = layer_of(record, kernels.back());
  Verdict verdict{.kind = vanishing ? "vanishing-gradients" : "exploding-gradients",
                  .severity = Severity::problem,
                  .layers = {first, last}};
  if (gradients > steep) {
    verdict.sentence = fmt::format("Gradients vanish: they are {} times smaller in {} than in {}.",
                                   times(gradients), first, last);
  } else if (gradients < -steep) {
    verdict.sentence = fmt::format("Gradients explode: they are {} times larger in {} than in {}.",
                                   times(gradients), first, last);
  } else {
    verdict.sentence =
        fmt::format("Signals {} from layer to layer, by {} times in all, and gradients with them.",
                    vanishing ? "fade" : "grow", times(signals));
  }
  const auto layers = static_cast<double>(kernels.size() - 1);
  verdict.evidence = {{"gradients' ratio, first kernel to last", std::pow(10, -gradients)},
                      {"from kernel to kernel", std::pow(10, -gradients / layers)},
                      {"activations' ratio, last to first", std::pow(10, signals)}};
  verdict.advice = advice(record, kernels, vanishing);
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
