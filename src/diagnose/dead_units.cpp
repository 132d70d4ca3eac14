// Dead units: a channel or unit after a ReLU that is 0 for every measured image and position gets
// no gradient and does not change (Maas, Hannun and Ng, 2013; Lu et al., arXiv 1903.06733). A few
// are normal. With positive images Glorot's initialisation begins with four in ten dead units in a
// dense layer (of the article's network, which trains well). If more than the share `many` is dead,
// a layer has lost capacity; if more than `most` is dead, it does almost nothing.

#include <fmt/format.h>

#include <algorithm>

#include "diagnose/advice.hpp"
#include "diagnose/verdicts.hpp"

namespace ridgeline::diagnose {
namespace {

constexpr double many = 0.6, most = 0.9;
constexpr double far = 0.3;  // share of the kernel's norm; harmless steps move it by less than 0.1

bool killed_by_a_step(const Record& record, const Epoch& looked_at) {
  return std::ranges::any_of(trained_kernels(record), [&](std::size_t p) {
    const auto node = static_cast<std::size_t>(record.layout.parameters[p].node);
    return looked_at.statistics.activations[node].dead >= many && largest_step(record, p) >= far;
  });
}

}  // namespace

Verdicts dead_units(const Record& record) {
  const auto looked = [](const Epoch& e) { return !e.statistics.activations.empty(); };
  const auto last = std::ranges::find_if(record.epochs.rbegin(), record.epochs.rend(), looked);
  if (last == record.epochs.rend()) return {};
  Verdict verdict{.kind = "dead-units", .severity = Severity::warning};
  std::string shares;
  for (std::size_t n = 0; n < last->statistics.activations.size(); ++n) {
    const double dead = last->statistics.activations[n].dead;
    if (dead < many) continue;
    const std::string& name = record.network.nodes()[n].name;
    verdict.layers.push_back(name);
    verdict.evidence.push_back({"dead in " + name, dead});
    shares += fmt::format("{}{:.0f} % in {}", shares.empty() ? "" : ", ", 100 * dead, name);
    if (dead >= most) verdict.severity = Severity::problem;
  }
  if (verdict.layers.empty()) return {};
  verdict.sentence =
      fmt::format("Units after a ReLU are dead, 0 for every image looked at: {}.", shares);
  if (verdict.severity == Severity::problem && killed_by_a_step(record, *last)) {
    verdict.advice = lower_learning_rate();
  }
  return {std::move(verdict)};
}

}  // namespace ridgeline::diagnose
