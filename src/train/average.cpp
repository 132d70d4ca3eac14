#include "train/average.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "options/check.hpp"
#include "train/measure.hpp"

namespace ridgeline::train {
namespace {

constexpr std::array<std::string_view, 3> kinds{"none", "ema", "swa"};

Average::Kind kind_named(const std::string& name) {
  const auto* const found = std::ranges::find(kinds, name);
  require(found != kinds.end(), "there is no train.average '{}': {}", name,
          suggestion(name, kinds));
  return static_cast<Average::Kind>(found - kinds.begin());
}

// average += share * (weights - average): weights that do not change keep their exact value.
void move_towards(const engine::State& state, double share, Averaged& average) {
  const auto& weights = state.weight_arena();
  if (average.count++ == 0) {
    average.weights.assign(weights.data(), weights.data() + weights.size());
    return;
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    average.weights[i] += static_cast<float>(share) * (weights.data()[i] - average.weights[i]);
  }
}

// A statistic of batch normalisation, and the share of a batch in its running value.
struct Statistic {
  std::span<float> values;
  double share;
  std::vector<double> sum;
};

std::vector<Statistic> statistics_of(ModelCore& core) {
  std::vector<Statistic> statistics;
  for (std::size_t p = 0; p < core.layout().parameters.size(); ++p) {
    const Parameter& parameter = core.layout().parameters[p];
    if (parameter.spec.role != Role::statistic) continue;
    const Node& node = core.network().nodes()[static_cast<std::size_t>(parameter.node)];
    const std::span<float> values = core.state.weights(p);
    statistics.push_back({values, 1 - node.layer.spec().attributes().real("momentum", 0),
                          std::vector<double>(values.size())});
  }
  return statistics;
}

}  // namespace

Average::Average(const FitOptions& options)
    : kind_(kind_named(options.average)), decay_(options.average_decay) {
  require(decay_ >= 0 && decay_ < 1, "train.average_decay must be at least 0 and below 1, not {}",
          decay_);
  const double from = options.average_from;
  require(from >= 0 && (from < 1 || std::rint(from) == from),
          "train.average_from must be a fraction of the epochs below 1, or the number of an epoch, "
          "not {}",
          from);
  require(options.average != "swa" || from <= options.epochs,
          "train.average_from is {} but train.epochs is {}: no epoch would be averaged", from,
          options.epochs);
  constexpr double most = 1e9;  // epochs are fewer
  first_epoch_ = static_cast<std::int64_t>(from < 1 ? std::floor(from * options.epochs) + 1
                                                    : std::min(from, most));
}

void Average::after_update(const engine::State& state, Averaged& average) const {
  if (kind_ == Kind::ema) move_towards(state, 1 - decay_, average);
}

bool Average::after_epoch(const engine::State& state, std::int64_t epoch, Averaged& average) const {
  if (kind_ != Kind::swa || epoch < first_epoch_) return false;
  move_towards(state, 1 / static_cast<double>(average.count + 1), average);
  return true;
}

AveragedWeights::AveragedWeights(engine::State& state, Averaged& average)
    : state_(state), average_(average) {
  swap();
}

void AveragedWeights::swap() {
  if (average_.weights.empty()) return;
  std::ranges::swap_ranges(state_.weight_arena().span(), average_.weights);
  state_.touch();
}

// A batch's statistics are the running ones that it makes from 0, divided by its share.
bool measure_statistics(ModelCore& core, data::Loader& loader, const Pass& pass) {
  std::vector<Statistic> statistics = statistics_of(core);
  if (statistics.empty()) return true;
  double images = 0;
  loader.start(pass.stream);
  while (const data::Batch* loaded = loader.next()) {
    if (pass.stop()) return false;
    const engine::Batch whole = for_engine(*loaded, pass.stream);
    for (std::int64_t first = 0; first < whole.images; first += pass.batch) {
      const engine::Batch part = slice(whole, first, std::min(pass.batch, whole.images - first));
      for (const Statistic& statistic : statistics) std::ranges::fill(statistic.values, 0.0f);
      core.state.touch();
      core.engine.gradient(core.state, part, core.loss(), {.weight = 1});
      const auto n = static_cast<double>(part.images);
      images += n;
      for (Statistic& statistic : statistics) {
        for (std::size_t i = 0; i < statistic.sum.size(); ++i) {
          statistic.sum[i] += n * static_cast<double>(statistic.values[i]) / statistic.share;
        }
      }
    }
  }
  for (const Statistic& statistic : statistics) {
    std::ranges::transform(statistic.sum, statistic.values.begin(),
                           [&](double sum) { return static_cast<float>(sum / images); });
  }
  core.state.touch();
  return true;
}

}  // namespace ridgeline::train
