#include "train/data_checks.hpp"

#include <algorithm>

#include "network/check.hpp"
#include "train/measured.hpp"

namespace ridgeline::train {
namespace {

using network::require;

constexpr std::size_t at_a_time = 4096;

}  // namespace

void check_images(const ModelCore& core, const Dataset& data, std::string_view what) {
  require(!data.empty(), "there are no {}", what);
  require(data.image_shape() == core.options.input,
          "the network takes images of {}, but the {} are {}", core.options.input.text(), what,
          data.image_shape().text());
}

double check_labels(const ModelCore& core, const Dataset& data, std::string_view what) {
  check_images(core, data, what);
  require(data.has_targets(), "the {} have no labels", what);
  const auto& outputs = core.layout().network_outputs;
  const Task& task = task_of({core.network(), core.loss(), data});
  task.check(what, data.schema(), core.loss(), outputs);
  if (task.collator().follows_image()) return 0;
  TensorBatch batch;
  std::vector<Target> targets;
  double weight = 0;
  for (std::size_t first = 0; first < data.size(); first += at_a_time) {
    targets.clear();
    batch.clear();
    const std::size_t end = std::min(first + at_a_time, data.size());
    for (std::size_t i = first; i < end; ++i) targets.push_back(data.target(i));
    task.collator().collate(targets, data.schema(), batch);
    if (data.weighted()) {
      auto& weights = batch.add_floats(weight_tensor);
      for (std::size_t i = first; i < end; ++i) {
        weights.push_back(static_cast<float>(data.weight(i)));
      }
    }
    const Tensors tensors = batch.view();
    core.loss().check_targets(tensors, outputs, static_cast<std::int64_t>(first));
    weight += core.loss().weight(tensors);
  }
  return weight;
}

}  // namespace ridgeline::train
