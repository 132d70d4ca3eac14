#include "train/tune.hpp"

#include <fmt/format.h>
#include <hwy/targets.h>

#include <nlohmann/json.hpp>

#include "data/places.hpp"
#include "interop/read_text.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/version.hpp"
#include "tensor/atomic_file.hpp"
#include "tensor/random.hpp"

namespace ridgeline::train {
namespace {

using engine::ConvAlgorithm;
using engine::ConvCandidates;
using nlohmann::json;

constexpr std::int64_t images = 16;  // as one core has of a batch
constexpr int repeats = 9;
// Measurements are not more precise than this: the default algorithm is kept unless another is
// faster by more.
constexpr double clearly_faster = 0.97;

// A convolution as a network of its own, with the max-pool that may be fused with it, and with
// weights before it if the gradient of its input is needed.
Network alone(const Network& network, const ConvCandidates& convolution) {
  std::vector<Layer> layers;
  if (convolution.deeper) layers.push_back(batch_norm2d());
  layers.push_back(
      network.nodes()[static_cast<std::size_t>(convolution.node)].layer.named("tuned"));
  if (convolution.into_pool) {
    for (const Node& node : network.nodes()) {
      if (node.inputs == std::vector{convolution.node}) layers.push_back(node.layer);
    }
  }
  layers.push_back(global_average_pool2d());
  layers.push_back(dense({.units = 2, .activation = "softmax"}));
  return Network(layers);
}

double seconds_of(const Network& network, const Shape& input, Precision precision,
                  ConvAlgorithm algorithm) {
  engine::Engine engine(network, input,
                        {.threads = 1,
                         .compute = {.precision = precision,
                                     .kernels = {fmt::format("tuned={}", name_of(algorithm))}}});
  engine::State state = engine.initial_state(1);
  Random random(1, Purpose::test, 0);
  std::vector<float> pixels(static_cast<std::size_t>(images * input.elements()));
  for (float& pixel : pixels) pixel = static_cast<float>(random.normal());
  const std::vector<std::int32_t> labels(images, 0);
  return engine
      .profile(state, {.images = images, .inputs = pixels, .targets = class_targets(labels)},
               *cross_entropy(), true, repeats)
      .seconds;
}

// The settings that a measurement depends on.
std::string key_of(const Network& network, const Shape& input, Precision precision,
                   const ConvCandidates& convolution) {
  std::string key = fmt::format("{} {}", name_of(precision), input.text());
  const Network one = alone(network, convolution);
  for (const Node& node : one.nodes()) {
    key += fmt::format(" {}", node.layer.spec().kind());
    const Attributes settings = node.layer.spec().settings();
    for (const auto& [name, value] : settings.items()) {
      key += fmt::format(" {}={}", name, text(value));
    }
  }
  return key;
}

ConvAlgorithm fastest(const Network& network, const Shape& input, Precision precision,
                      const ConvCandidates& convolution) {
  const Network one = alone(network, convolution);
  ConvAlgorithm best = convolution.algorithms.front();
  double least = seconds_of(one, input, precision, best) * clearly_faster;
  for (std::size_t i = 1; i < convolution.algorithms.size(); ++i) {
    const double seconds = seconds_of(one, input, precision, convolution.algorithms[i]);
    if (seconds >= least) continue;
    best = convolution.algorithms[i];
    least = seconds;
  }
  return best;
}

// Measurements hold for a version of the program and an instruction set. (Another machine has
// another cache.)
std::string machine_key() {
  return fmt::format("{} {}", version(),
                     hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()));
}

json read(const std::filesystem::path& cache) {
  constexpr std::uint64_t most = 16 << 20;
  json all = json::parse(interop::read_text(cache, most).text, nullptr, false);
  return all.is_object() ? all : json::object();
}

}  // namespace

std::filesystem::path tuning_cache() {
  const auto root = data::cache_root();
  return root.empty() ? root : root / "ridgeline" / "kernels.json";
}

engine::KernelChoices tune(const engine::Engine& engine, const std::filesystem::path& cache) {
  const Precision precision = engine.options().compute.precision;
  engine::KernelChoices choices;
  json all = read(cache);
  json& known = all[machine_key()];
  if (!known.is_object()) known = json::object();
  bool measured = false;
  for (const ConvCandidates& convolution : engine.convolutions()) {
    if (convolution.algorithms.size() < 2) continue;
    const Shape input = engine.layout().inputs_of(engine.network(), convolution.node)[0];
    const std::string key = key_of(engine.network(), input, precision, convolution);
    const auto found = known.find(key);
    auto algorithm = found != known.end() && found->is_string()
                         ? engine::algorithm_named(found->get<std::string>())
                         : std::nullopt;
    if (!algorithm) {
      algorithm = fastest(engine.network(), input, precision, convolution);
      known[key] = engine::name_of(*algorithm);
      measured = true;
    }
    choices[convolution.layer] = *algorithm;
  }
  if (!measured || cache.empty()) return choices;
  try {
    make_folder(cache.parent_path());
    write_file(cache, all.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
  } catch (const ResourceError&) {  // the next model measures again
  }
  return choices;
}

}  // namespace ridgeline::train
