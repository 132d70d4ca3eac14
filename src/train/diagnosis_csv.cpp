#include "train/diagnosis_csv.hpp"

#include <fmt/format.h>

#include "train/statistics.hpp"

namespace ridgeline::train {

std::string diagnosis_header() {
  std::string line = "epoch,steps,name";
  for (const auto& [name, field] : parameter_fields) line += fmt::format(",{}", name);
  for (const auto& [name, field] : activation_fields) line += fmt::format(",{}", name);
  return line + "\n";
}

std::string parameter_lines(const Epoch& epoch, const Layout& layout) {
  const EpochStatistics& statistics = epoch.statistics;
  std::string lines;
  for (std::size_t p = 0; p < statistics.parameters.size(); ++p) {
    const ParameterStatistics& values = statistics.parameters[p];
    if (values == ParameterStatistics{}) continue;
    lines += fmt::format("{},{},{}", epoch.epoch, statistics.steps, layout.parameters[p].name);
    for (const auto& [name, field] : parameter_fields) lines += fmt::format(",{}", values.*field);
    lines += std::string(activation_fields.size(), ',') + "\n";
  }
  return lines;
}

std::string layer_lines(const Epoch& epoch, const Network& network) {
  const EpochStatistics& statistics = epoch.statistics;
  std::string lines;
  for (std::size_t n = 0; n < statistics.activations.size(); ++n) {
    lines += fmt::format("{},{},{}{}", epoch.epoch, statistics.steps, network.nodes()[n].name,
                         std::string(parameter_fields.size(), ','));
    for (const auto& [name, field] : activation_fields) {
      lines += fmt::format(",{}", statistics.activations[n].*field);
    }
    lines += "\n";
  }
  return lines;
}

}  // namespace ridgeline::train
