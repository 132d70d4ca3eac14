#include "cli/inspect_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/numbers.hpp"
#include "cli/results.hpp"
#include "cli/sample_images.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "engine/engine.hpp"
#include "engine/kernels/peak.hpp"
#include "experiment/build.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"
#include "train/core.hpp"

namespace ridgeline::cli {
namespace {

using engine::StepProfile;
using nlohmann::ordered_json;

struct Measured {
  engine::PlanProfile plan;
  std::int64_t batch = 0;
  int threads = 0, shards = 0;
  double update_seconds = 0;  // of the whole batch
  double peak_gflops = 0;     // of one thread while the others work, too
};

// The batch in memory: the first images of a data set.
struct BatchInMemory {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;

  BatchInMemory(const Dataset& data, std::int64_t images) {
    const auto size = static_cast<std::size_t>(data.image_shape().elements());
    const auto count = static_cast<std::size_t>(images);
    pixels.resize(count * size);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t image = i % data.size();
      data.read(image, std::span(pixels).subspan(i * size, size));
      labels.push_back(data.label(image));
    }
  }
};

Model model_of(const std::string& what, const Dataset& data, int threads) {
  const auto presets = preset_names();
  if (what.ends_with(".toml")) {
    const auto experiment = experiment::read(what);
    ModelOptions options = experiment::model_options(experiment, data);
    if (threads > 0) options.threads = threads;
    return Model(experiment::build_network(experiment, data.schema()), options);
  }
  if (std::ranges::find(presets, what) == presets.end()) {
    return Model::load(model_file(what), threads);
  }
  return Model(preset(what, data.classes()), {.input = data.image_shape(), .threads = threads});
}

/// The seconds of an update with a learning rate of 0.
double time_update(engine::Engine& engine, engine::State& state, const engine::Batch& batch,
                   const Model& model) {
  const OptimizerSetting& optimizer = model.options().optimizer;
  const engine::UpdateRule rule{
      .optimizer = optimizer.optimizer.get(),
      .clip_norm = optimizer.clip_norm,
      .penalties = std::vector<Penalty>(state.parameters().size(), Penalty{1e-4, 0, 0})};
  double best = 1e9;
  for (int repeat = 0; repeat < 5; ++repeat) {
    engine.gradient(state, batch, *model.options().loss,
                    {.weight = static_cast<double>(batch.images), .first = true});
    const auto start = std::chrono::steady_clock::now();
    engine.update(state, rule);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  return best;
}

Measured measure(const Model& model, const Dataset& data, const Arguments& arguments) {
  constexpr int repeats = 21;
  const auto batch = number_of<std::int64_t>(arguments, "--batch", 32, 1);
  const bool training = !arguments.flag("--inference");
  ModelOptions options = model.options();
  options.shards = 0;  // it was chosen for the machine of the training
  engine::Engine engine(model.network(), options.input, train::engine_options(options));
  engine::State state = engine.initial_state(1);
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    std::ranges::copy(model.weights(state.parameters()[p].name), state.weights(p).begin());
  }
  state.touch();
  const BatchInMemory images(data, batch);
  const engine::Batch in_memory{
      .images = batch, .inputs = images.pixels, .targets = class_targets(images.labels)};
  const int threads = engine.options().threads;
  const auto peak = engine::kernels::measure_peak(threads);
  Measured measured{
      .plan = engine.profile(state, in_memory, *model.options().loss, training, repeats),
      .batch = batch,
      .threads = threads,
      .shards = engine.options().shards,
      .peak_gflops = peak.fp32 / threads};
  if (training) measured.update_seconds = time_update(engine, state, in_memory, model);
  return measured;
}

double share_of_peak(const StepProfile& step, double peak_gflops) {
  return step.seconds > 0 ? static_cast<double>(step.done_flops) / step.seconds * 1e-9 / peak_gflops
                          : 0;
}

ordered_json to_json(const std::string& what, const Measured& measured) {
  auto steps = ordered_json::array();
  for (const StepProfile& step : measured.plan.steps) {
    steps.push_back({{"name", step.name},
                     {"implementation", step.implementation},
                     {"nominal_flops", step.nominal_flops},
                     {"done_flops", step.done_flops},
                     {"bytes", step.bytes},
                     {"seconds", step.seconds},
                     {"share_of_peak", share_of_peak(step, measured.peak_gflops)},
                     {"with_previous", step.with_previous}});
  }
  return {{"network", what},
          {"batch", measured.batch},
          {"threads", measured.threads},
          {"shards", measured.shards},
          {"images", measured.plan.images},
          {"peak_gflops", measured.peak_gflops},
          {"steps", steps},
          {"seconds", measured.plan.seconds},
          {"update_seconds", measured.update_seconds},
          {"update_flops", measured.plan.update_flops},
          {"arena_bytes", measured.plan.arena_bytes},
          {"unplanned_bytes", measured.plan.unplanned_bytes},
          {"scratch_bytes", measured.plan.scratch_bytes}};
}

std::string text(const Measured& measured, const Page& page) {
  const auto mega = [](std::int64_t flops) {
    return flops == 0 ? std::string() : fmt::format("{:.2f}", static_cast<double>(flops) * 1e-6);
  };
  const auto micro = [](double seconds) { return fmt::format("{:.0f}", seconds * 1e6); };
  std::vector<std::vector<std::string>> rows{
      {"step", "by", "MFLOP nominal", "done", "KiB", "us", "of peak"}};
  StepProfile sum;
  for (const StepProfile& step : measured.plan.steps) {
    const double share = share_of_peak(step, measured.peak_gflops);
    rows.push_back({(step.with_previous ? "+ " : "") + step.name, step.implementation,
                    mega(step.nominal_flops), mega(step.done_flops),
                    fmt::format("{}", step.bytes >> 10), micro(step.seconds),
                    step.done_flops == 0 ? std::string() : fmt::format("{:.0f} %", 100 * share)});
    sum.nominal_flops += step.nominal_flops;
    sum.done_flops += step.done_flops;
    sum.seconds += step.seconds;
  }
  rows.push_back({"copies of the weights, waiting", "", "", "", "",
                  micro(std::max(0.0, measured.plan.seconds - sum.seconds)), ""});
  if (measured.update_seconds > 0) {
    rows.push_back({"update, with the dense layers' backward weights", "ridgeline",
                    mega(measured.plan.update_flops), mega(measured.plan.update_flops), "",
                    micro(measured.update_seconds), ""});
    sum.nominal_flops += measured.plan.update_flops;
    sum.done_flops += measured.plan.update_flops;
  }
  sum.seconds = measured.plan.seconds + measured.update_seconds;
  rows.push_back({"all", "", mega(sum.nominal_flops), mega(sum.done_flops), "", micro(sum.seconds),
                  fmt::format("{:.0f} %", 100 * share_of_peak(sum, measured.peak_gflops))});
  const double nominal = static_cast<double>(sum.nominal_flops) / sum.seconds * 1e-9;
  return table(rows, page) +
         fmt::format(
             "\nBatch {}, {}; one of {} parts: {} images. Peak of a thread: {:.0f} GFLOP/s.\n"
             "{:.0f} images/s without loading; nominal arithmetic at {:.0f} % of the peak.\n"
             "+: takes the images side by side with the step before, in the cache.\n"
             "Memory of a part: activations {} KiB ({} KiB side by side), inside steps {} KiB.\n",
             measured.batch, counted(measured.threads, "thread"), measured.shards,
             measured.plan.images, measured.peak_gflops,
             static_cast<double>(measured.batch) / sum.seconds,
             100 * nominal / measured.peak_gflops, measured.plan.arena_bytes >> 10,
             measured.plan.unplanned_bytes >> 10, measured.plan.scratch_bytes >> 10);
}

}  // namespace

void inspect_plan(const std::string& what, const Arguments& arguments, Console& console) {
  const SampleImages images = sample_images(arguments, console);
  const Model model = model_of(what, images.data, number_of<int>(arguments, "--threads", 0, 0));
  if (model.options().input != images.data.image_shape()) {
    throw UsageError(fmt::format(
        "{} takes images {}, and those of {} are {}: name others with "
        "--data",
        what, model.options().input.text(), images.source, images.data.image_shape().text()));
  }
  const Measured measured = measure(model, images.data, arguments);
  if (console.json()) return Console::result(to_json(what, measured));
  console.print("{}", text(measured, console.page()));
}

}  // namespace ridgeline::cli
