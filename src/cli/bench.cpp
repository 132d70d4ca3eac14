#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "cli/sample_images.hpp"
#include "cli/setup.hpp"
#include "cli/table.hpp"
#include "cli/throughput.hpp"
#include "engine/kernels/peak.hpp"
#include "engine/team.hpp"
#include "experiment/machine.hpp"
#include "interop/csv.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using engine::kernels::measure_peak;
using engine::kernels::PeakGflops;

// A few minutes are enough for these. A step of the VGG and the deeper ResNet presets takes
// seconds.
constexpr std::string_view usual_networks =
    "article-cnn,lenet5,mlp,mobilenet-v2,resnet18,resnet20,vgg-small";

/// What is measured: every combination, round by round.
struct Plan {
  std::vector<std::string> networks;  ///< presets, or experiment files
  std::vector<std::string> modes;
  std::vector<Precision> precisions;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> threads;
  std::int64_t rounds;
  double seconds;
  int shards;
  bool pin;
  bool statistics;
};

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

struct Result {
  std::string name;
  Network network;
  bool training;
  Precision precision;
  std::int64_t batch;
  int threads;
  double flops;  ///< nominal, for one image: of a training step, or of a prediction
  std::vector<double> images_per_second = {};
  double live_units = 1;
  std::vector<double> statistics_costs = {};

  double median() const { return median_of(images_per_second); }
  std::string_view mode() const { return training ? "train" : "predict"; }
  double gflops() const { return median() * flops * 1e-9; }
};

using Peaks = std::map<int, PeakGflops>;  ///< by the number of threads

std::vector<std::string> split(std::string_view text) {
  const auto cells = interop::cells_of(text);
  return {cells.begin(), cells.end()};
}

std::vector<std::int64_t> numbers(const Arguments& arguments, std::string_view option,
                                  std::string_view fallback, std::int64_t least) {
  std::vector<std::int64_t> values;
  for (const std::string& part : split(arguments.option(option).value_or(std::string(fallback)))) {
    values.push_back(parse<std::int64_t>(option, part, least));
  }
  return values;
}

std::vector<std::string> read_modes(const Arguments& arguments) {
  const auto modes = split(arguments.option("--mode").value_or("train"));
  for (const std::string& mode : modes) {
    if (mode == "train" || mode == "predict") continue;
    throw UsageError(fmt::format("--mode takes train, predict or both, not '{}'", mode));
  }
  return modes;
}

std::vector<Precision> read_precisions(const Arguments& arguments) {
  std::vector<Precision> precisions;
  for (const std::string& name : split(arguments.option("--precision").value_or("fp32"))) {
    const auto precision = precision_named(name);
    if (!precision) {
      throw UsageError(fmt::format("--precision takes fp32, bf16 or both, not '{}'", name));
    }
    precisions.push_back(*precision);
  }
  return precisions;
}

Plan read_plan(const Arguments& arguments) {
  const std::string cores = fmt::format("{}", engine::available_cores());
  Plan plan{.networks = split(arguments.option("--network").value_or(std::string(usual_networks))),
            .modes = read_modes(arguments),
            .precisions = read_precisions(arguments),
            .batches = numbers(arguments, "--batch", "32,128", 1),
            .threads = numbers(arguments, "--threads", cores == "1" ? "1" : cores + ",1", 0),
            .rounds = numbers(arguments, "--rounds", "5", 1).front(),
            .seconds = parse("--seconds", arguments.option("--seconds").value_or("1"), 0.01),
            .shards = static_cast<int>(numbers(arguments, "--shards", "0", 0).front()),
            .pin = arguments.flag("--pin"),
            .statistics = arguments.flag("--statistics")};
  for (std::int64_t& threads : plan.threads) {
    if (threads == 0) threads = engine::available_cores();
  }
  return plan;
}

double flops_of(const Network& network, const Shape& input, bool training) {
  const Layout layout = infer(network, input);
  if (training) return static_cast<double>(layout.training_flops(network));
  return static_cast<double>(std::reduce(layout.flops.begin(), layout.flops.end()));
}

std::vector<Result> plan_results(const Plan& plan, const Dataset& data) {
  std::vector<Result> results;
  for (const std::string& name : plan.networks) {
    const Network network = named_network(name, data.classes());
    for (const std::string& mode : plan.modes) {
      const bool training = mode == "train";
      const double flops = flops_of(network, data.image_shape(), training);
      for (const Precision precision : plan.precisions) {
        for (const std::int64_t batch : plan.batches) {
          for (const std::int64_t threads : plan.threads) {
            results.push_back({std::filesystem::path(name).stem().string(), network, training,
                               precision, batch, static_cast<int>(threads), flops});
          }
        }
      }
    }
  }
  return results;
}

void measure(const Plan& plan, const Dataset& data, Console& console, std::vector<Result>& results,
             Peaks& peaks) {
  for (std::int64_t round = 0; round < plan.rounds; ++round) {
    for (const std::int64_t threads : plan.threads) {
      const PeakGflops peak = measure_peak(static_cast<int>(threads));
      PeakGflops& best = peaks[static_cast<int>(threads)];
      best.fp32 = std::max(best.fp32, peak.fp32);
      best.bf16 = std::max(best.bf16, peak.bf16);
    }
    for (Result& result : results) {
      console.redraw(fmt::format("round {} of {}: {}, {}, {}, batch {}, {}", round + 1, plan.rounds,
                                 result.name, result.mode(), name_of(result.precision),
                                 result.batch, counted(result.threads, "thread")));
      const auto measure_mode = result.training ? measure_training : measure_prediction;
      const ThroughputOptions options{.batch = result.batch,
                                      .seconds = plan.seconds,
                                      .shards = plan.shards,
                                      .precision = result.precision,
                                      .pin = plan.pin};
      const auto seed = static_cast<std::uint64_t>(round + 1);
      const Throughput throughput =
          measure_mode(result.network, data, seed, result.threads, options);
      result.images_per_second.push_back(throughput.images_per_second);
      result.live_units = throughput.live_units;
      if (!plan.statistics || !result.training) continue;
      result.statistics_costs.push_back(
          statistics_cost(result.network, data, seed, result.threads, options));
    }
  }
  console.redraw("");
}

nlohmann::ordered_json to_json(const SampleImages& images, const std::vector<Result>& results,
                               const Peaks& peaks) {
  const auto or_null = [](const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  const PeakGflops& peak = peaks.rbegin()->second;
  nlohmann::ordered_json document{
      {"machine", experiment::machine()},
      {"peak_gflops", {{"fp32", peak.fp32}, {"bf16", or_null(peak.bf16)}}},
      {"data", images.source},
      {"results", nlohmann::ordered_json::array()}};
  for (const Result& result : results) {
    document["results"].push_back(
        {{"network", result.name},
         {"mode", result.mode()},
         {"batch", result.batch},
         {"precision", name_of(result.precision)},
         {"threads", result.threads},
         {"images_per_second", result.median()},
         {"share_of_peak", result.gflops() / peaks.at(result.threads).fp32},
         {"flops_per_image", result.flops},
         {"live_units", result.live_units},
         {"rounds", result.images_per_second}});
    if (result.statistics_costs.empty()) continue;
    document["results"].back()["statistics_cost"] = median_of(result.statistics_costs);
    document["results"].back()["statistics_costs"] = result.statistics_costs;
  }
  return document;
}

void print(Console& console, const SampleImages& images, const std::vector<Result>& results,
           const Peaks& peaks) {
  console.print("{}\n", experiment::machine());
  for (const auto& [threads, peak] : peaks) {
    console.print("peak of {}: {:.0f} GFLOP/s fp32{}\n", counted(threads, "thread"), peak.fp32,
                  peak.bf16 ? fmt::format(", {:.0f} bf16", *peak.bf16) : "");
  }
  std::vector<std::vector<std::string>> rows{{"network", "mode", "precision", "batch", "threads",
                                              "images/s", "range", "MFLOP/image", "share of peak",
                                              "live units"}};
  for (const Result& result : results) {
    const auto [low, high] = std::ranges::minmax(result.images_per_second);
    rows.push_back({result.name, std::string(result.mode()), std::string(name_of(result.precision)),
                    fmt::format("{}", result.batch), fmt::format("{}", result.threads),
                    count(static_cast<std::int64_t>(result.median())),
                    fmt::format("{} - {}", count(static_cast<std::int64_t>(low)),
                                count(static_cast<std::int64_t>(high))),
                    fmt::format("{:.2f}", result.flops * 1e-6),
                    fmt::format("{:.1f} %", 100 * result.gflops() / peaks.at(result.threads).fp32),
                    fmt::format("{:.0f} %", 100 * result.live_units)});
    if (result.statistics_costs.empty()) continue;
    rows.front().resize(11, "statistics cost");
    rows.back().push_back(fmt::format("{:.2f} %", 100 * median_of(result.statistics_costs)));
  }
  const std::size_t rounds = results.front().images_per_second.size();
  console.print("\nOn {} images ({}), training with loading; {}\n\n{}", images.source,
                images.data.image_shape().text(),
                rounds == 1 ? "one round" : fmt::format("medians of {} rounds", rounds),
                table(rows, console.page()));
}

int bench(const Arguments& arguments, Console& console) {
  const Plan plan = read_plan(arguments);
  const SampleImages images = sample_images(arguments, console);
  std::vector<Result> results = plan_results(plan, images.data);
  Peaks peaks;
  measure(plan, images.data, console, results, peaks);
  if (console.json()) {
    Console::result(to_json(images, results, peaks));
  } else {
    print(console, images, results, peaks);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command bench_command() {
  return {
      .name = "bench",
      .summary = "this machine's peak and the throughput reached",
      .options = {{"--network", "NAMES",
                   fmt::format("presets or experiment files; {} if absent",
                               fmt::join(split(usual_networks), ", "))},
                  {"--mode", "MODES", "train, predict or both; train if absent"},
                  {"--precision", "NAMES", "fp32, bf16 or both; fp32 if absent"},
                  {"--batch", "SIZES", "32,128 if absent"},
                  {"--threads", "COUNTS", "0: all cores; all and one if absent"},
                  {"--shards", "N", "parts of a batch, as train.shards; one per thread if absent"},
                  {"--rounds", "N", "rounds for the medians; 5 if absent"},
                  {"--seconds", "S", "for each measurement; 1 if absent"},
                  {"--data", "SOURCE", "images to train on; CIFAR-10 if absent"},
                  {"--path", "FOLDER", "their folder, if not in the usual places"},
                  {"--statistics", "", "also the cost of training's statistics, as a share"},
                  {"--pin", "", "keep each thread of the engine on its own core"}},
      .details =
          "Measures the peak of fp32 (and bf16) multiply-adds on registers alone, then trains\n"
          "networks with the same loop as `train`, round by round. Without --network these are\n"
          "the presets for small images and the smallest of the others: the VGG networks and the\n"
          "deeper ResNets take long, and are measured when they are named. The share is of the\n"
          "fp32 peak and counts the nominal operations of the dense network: forward, the\n"
          "gradients of the weights, and the gradients of the inputs except the image. Prediction\n"
          "uses new weights and images in memory, with one call per batch. Lists are separated by\n"
          "commas. With --statistics each round also trains epochs of 32,768 images with and "
          "without\n"
          "what `diagnose` needs, in turn.\n\n"
          "Examples:\n"
          "  ridgeline bench\n"
          "  ridgeline bench --network article-cnn --batch 32 --threads 0 --seconds 5\n"
          "  ridgeline bench --network article-cnn --batch 32 --threads 0 --statistics\n"
          "  ridgeline bench --network mine.toml --mode train,predict --batch 1,32\n",
      .run = bench,
  };
}

}  // namespace ridgeline::cli
