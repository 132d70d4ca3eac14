#include "train/data_checks.hpp"

#include <algorithm>

#include "data/collators.hpp"
#include "options/check.hpp"
#include "train/measured.hpp"

namespace ridgeline::train {
namespace {

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
  std::vector<data::Draw> which;
  double weight = 0;
  for (std::size_t first = 0; first < data.size(); first += at_a_time) {
    targets.clear();
    batch.clear();
    which.resize(std::min(at_a_time, data.size() - first));
    for (std::size_t k = 0; k < which.size(); ++k) {
      which[k].image = first + k;
      targets.push_back(data.target(first + k));
    }
    task.collator().collate(targets, data.schema(), batch);
    if (data.weighted()) data::add_weights(data, which, {}, batch);
    const Tensors tensors = batch.view();
    core.loss().check_targets(tensors, outputs, static_cast<std::int64_t>(first));
    weight += core.loss().weight(tensors);
  }
  return weight;
}

}  // namespace ridgeline::train
