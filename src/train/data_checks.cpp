#include "train/data_checks.hpp"

#include <algorithm>

#include "network/check.hpp"

namespace ridgeline::train {
namespace {

using network::require;

// What a loss calls the classes of a network: a single output tells two apart.
std::int64_t classes_of(const ModelCore& core) {
  return std::max<std::int64_t>(core.outputs(), 2);
}

}  // namespace

void check_images(const ModelCore& core, const Dataset& data, std::string_view what) {
  require(!data.empty(), "there are no {}", what);
  require(data.image_shape() == core.options.input,
          "the network takes images of {}, but the {} are {}", core.options.input.text(), what,
          data.image_shape().text());
}

double check_labels(const ModelCore& core, const Dataset& data, std::string_view what) {
  check_images(core, data, what);
  require(data.has_classes() || data.target_width() > 0, "the {} have no labels", what);
  require(!data.has_classes() || data.classes() <= classes_of(core),
          "the {} have {} classes, but {} gives {} outputs: it must give {}, as dense with units = "
          "{} does",
          what, data.classes(), core.network().nodes().back().name, core.outputs(), data.classes(),
          data.classes());
  std::vector<std::int32_t> classes;
  std::vector<float> values;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.has_classes()) classes.push_back(data.label(i));
    values.insert(values.end(), data.target(i).begin(), data.target(i).end());
  }
  const Targets targets =
      data.has_classes() ? class_targets(classes) : value_targets(values, data.target_width());
  core.loss().check_targets(targets, core.layout().network_outputs, 0);
  return core.loss().weight(targets);
}

}  // namespace ridgeline::train
