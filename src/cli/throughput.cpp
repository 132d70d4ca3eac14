#include "cli/throughput.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "cli/pin.hpp"
#include "engine/engine.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t live_images = 64;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Measures the steps, and ends the training after enough time.
class Stopwatch {
 public:
  Stopwatch(std::int64_t images_per_epoch, const ThroughputOptions& options)
      : images_per_epoch_(images_per_epoch), options_(options) {}

  bool operator()(const Progress& progress) {
    const std::int64_t done = (progress.epoch - 1) * images_per_epoch_ +
                              std::min(progress.step * options_.batch, images_per_epoch_);
    if (!measuring_) {
      if (seconds_since(start_) < options_.seconds / 5) return true;
      measuring_ = true;
      start_ = Clock::now();
      images_before_ = done;
      return true;
    }
    const double seconds = seconds_since(start_);
    images_per_second_ = static_cast<double>(done - images_before_) / seconds;
    return seconds < options_.seconds;
  }

  double images_per_second() const { return images_per_second_; }

 private:
  std::int64_t images_per_epoch_;
  ThroughputOptions options_;
  Clock::time_point start_ = Clock::now();
  bool measuring_ = false;
  std::int64_t images_before_ = 0;
  double images_per_second_ = 0;
};

/// The outputs of node `last` of `model` for `images`.
std::vector<float> outputs_at(const Model& model, std::size_t last, std::span<const float> images,
                              std::int64_t count) {
  const auto& nodes = model.network().nodes();
  const auto end = nodes.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  engine::Engine part(Network(std::vector<Node>(nodes.begin(), end)), model.layout().input,
                      {.threads = 1});
  engine::State state = part.initial_state(1);
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    std::ranges::copy(model.weights(state.parameters()[p].name), state.weights(p).begin());
  }
  state.touch();
  std::vector<float> outputs(static_cast<std::size_t>(count * part.layout().output().elements()));
  part.predict(state, {.images = count, .inputs = images}, outputs);
  return outputs;
}

/// The first images of the data, at most `count`.
std::vector<float> first_images(const Dataset& data, std::size_t count) {
  count = std::min(count, data.size());
  const auto size = static_cast<std::size_t>(data.image_shape().elements());
  std::vector<float> images(count * size);
  for (std::size_t i = 0; i < count; ++i) data.read(i, std::span(images).subspan(i * size, size));
  return images;
}

double live_units(const Model& model, const Dataset& data) {
  const std::vector<float> images = first_images(data, live_images);
  const auto count = static_cast<std::int64_t>(std::min(live_images, data.size()));
  std::size_t live = 0, all = 0;
  const auto& nodes = model.network().nodes();
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    if (!nodes[node].layer.spec().traits().rectifies) continue;
    const auto outputs = outputs_at(model, node, images, count);
    live += outputs.size() - static_cast<std::size_t>(std::ranges::count(outputs, 0.0f));
    all += outputs.size();
  }
  return all == 0 ? 1 : static_cast<double>(live) / static_cast<double>(all);
}

}  // namespace

Throughput measure_training(const Network& network, const Dataset& data, std::uint64_t seed,
                            int threads, const ThroughputOptions& options) {
  const auto before = threads_now();
  Model model(network, {.input = data.image_shape(),
                        .regularize = l2(1e-4),
                        .seed = seed,
                        .threads = threads,
                        .shards = options.shards,
                        .compute = {.precision = options.precision}});
  if (options.pin) pin_threads_since(before);
  Stopwatch stopwatch(static_cast<std::int64_t>(data.size()), options);
  model.fit(data, {.epochs = std::numeric_limits<int>::max(),
                   .batch = options.batch,
                   .callbacks = {.on_step = std::ref(stopwatch)}});
  return {stopwatch.images_per_second(), live_units(model, data)};
}

double statistics_cost(const Network& network, const Dataset& data, std::uint64_t round,
                       int threads, const ThroughputOptions& options) {
  constexpr std::size_t enough = 64 * 512;
  const Dataset images = data.take(enough);
  const auto before = threads_now();
  Model model(network, {.input = data.image_shape(),
                        .regularize = l2(1e-4),
                        .threads = threads,
                        .shards = options.shards,
                        .compute = {.precision = options.precision}});
  if (options.pin) pin_threads_since(before);
  const auto seconds = [&](bool statistics) {
    const History history =
        model.fit(images, {.epochs = 1, .batch = options.batch, .statistics = statistics});
    return history.epochs.front().seconds;
  };
  seconds(true);  // warms up: makes all plans
  const bool first = round % 2 == 0;
  const double one = seconds(first), other = seconds(!first);
  return first ? one / other - 1 : other / one - 1;
}

Throughput measure_prediction(const Network& network, const Dataset& data, std::uint64_t seed,
                              int threads, const ThroughputOptions& options) {
  const auto before = threads_now();
  Model model(network, {.input = data.image_shape(),
                        .seed = seed,
                        .threads = threads,
                        .shards = options.shards,
                        .compute = {.precision = options.precision}});
  if (options.pin) pin_threads_since(before);
  const auto batch = static_cast<std::size_t>(options.batch);
  constexpr std::size_t enough = 2048;  // more than fit into the caches
  const std::vector<float> images = first_images(data, std::max(batch, enough));
  const auto size = static_cast<std::size_t>(data.image_shape().elements());
  const std::size_t batches = images.size() / size / batch;
  if (batches == 0) {
    throw UsageError(fmt::format("there are {} images, which make no batch of {}: use --batch",
                                 data.size(), batch));
  }
  std::size_t calls = 0;
  const auto predict_for = [&](double seconds) {
    const auto start = Clock::now();
    const std::size_t before = calls;
    do {
      model.predict(std::span(images).subspan(calls % batches * batch * size, batch * size));
      ++calls;
    } while (seconds_since(start) < seconds);
    return static_cast<double>((calls - before) * batch) / seconds_since(start);
  };
  predict_for(options.seconds / 5);
  return {predict_for(options.seconds), live_units(model, data)};
}

}  // namespace ridgeline::cli
