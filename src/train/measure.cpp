#include "train/measure.hpp"

#include <algorithm>
#include <cmath>

#include "metrics/mean.hpp"
#include "train/measured.hpp"
#include "train/output_values.hpp"

namespace ridgeline::train {
namespace {

constexpr std::int64_t largest_batch = 128;
constexpr std::int64_t activation_floats = std::int64_t{1} << 24;  // of one layer: 64 MiB

// Images that cannot be read have the weight 0.
std::int64_t images_that_count(const data::Batch& batch) {
  const TensorView* weight = batch.targets.find(weight_tensor);
  if (weight == nullptr) return batch.images;
  return std::ranges::count_if(weight->values<float>(), [](float w) { return w != 0; });
}

}  // namespace

std::int64_t evaluation_batch(const ModelCore& core) {
  std::int64_t largest = core.layout().input.elements();
  for (const Shape& shape : core.layout().outputs) largest = std::max(largest, shape.elements());
  return std::clamp<std::int64_t>(activation_floats / largest, 1, largest_batch);
}

engine::Batch for_engine(const data::Batch& batch, std::int64_t epoch) {
  return {batch.images, batch.inputs, batch.targets, batch.ids, epoch, batch.fill};
}

engine::Batch slice(const engine::Batch& batch, std::int64_t first, std::int64_t count) {
  const auto from = static_cast<std::size_t>(first), n = static_cast<std::size_t>(count);
  const std::size_t image = batch.inputs.size() / static_cast<std::size_t>(batch.images);
  engine::Batch part{count, batch.inputs.subspan(from * image, n * image),
                     batch.targets.slice(first, count),
                     batch.ids.empty() ? batch.ids : batch.ids.subspan(from, n), batch.epoch};
  if (batch.fill) {
    part.fill = [fill = batch.fill, first](std::int64_t at, std::int64_t images) {
      fill(first + at, images);
    };
  }
  return part;
}

int reader_threads(const ModelCore& core, const Dataset& data) {
  return data.in_memory() ? 1 + core.options.threads / 8 : core.options.threads;
}

data::LoaderOptions evaluation_loader(const ModelCore& core, const Dataset& data) {
  const Collator* collator =
      data.has_targets() ? &task_of({core.network(), core.loss(), data}).collator() : nullptr;
  return {.batch = evaluation_batch(core),
          .collator = collator,
          .threads = reader_threads(core, data),
          .lazy = true};
}

Metrics measure(ModelCore& core, data::Loader& loader, metrics::MetricSet set, bool details) {
  const LossPtr plain = core.loss().for_evaluation();
  const Loss& loss = plain ? *plain : core.loss();
  metrics::WeightedMean losses;
  OutputValues values(core.layout());
  double sum = 0, activity = 0, weight = 0;
  std::int64_t images = 0, read = 0;
  loader.start(0);
  while (const data::Batch* batch = loader.next()) {
    const engine::LossSums sums =
        core.engine.evaluate(core.state, for_engine(*batch), loss, values.buffers(batch->images));
    const Tensors outputs = values.view(batch->images);
    sum += sums.loss;
    activity += sums.activity;
    weight += loss.weight(batch->targets);
    add(set, core, outputs, batch->targets);
    images += images_that_count(*batch);
    read += batch->images;
    for (std::int64_t i = 0; i < batch->images; ++i) {
      const Targets target = batch->targets.slice(i, 1);
      const double of_image = loss.weight(target),
                   lost = loss.evaluate(outputs.slice(i, 1), target, 1, {});
      losses.add(of_image > 0 ? lost / of_image : 0, of_image);
    }
  }
  Metrics metrics;
  metrics.images = images;
  metrics.data_loss = sum / (weight > 0 ? weight : 1);
  const std::vector<Penalty> penalties = core.penalties(core.in_force);
  metrics.penalty = engine::penalty(core.state, penalties, core.terms.of(penalties)) +
                    activity / static_cast<double>(std::max<std::int64_t>(read, 1));
  metrics.objective = metrics.data_loss + metrics.penalty;
  metrics.data_loss_error = losses.standard_error();
  metrics.values = set.values();
  if (details) add_details(set, metrics);
  return metrics;
}

}  // namespace ridgeline::train
