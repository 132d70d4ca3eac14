#include "train/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "interop/json.hpp"
#include "interop/safetensors.hpp"
#include "ridgeline/error.hpp"
#include "train/fingerprint.hpp"
#include "train/format.hpp"
#include "train/history.hpp"
#include "train/in_force.hpp"
#include "train/reference.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {
namespace {

constexpr FileFormat format{"ridgeline-checkpoint", 5};
constexpr std::string_view memory_prefix = "memory/";

// Whole numbers, in the order in which they are stored.
struct Counters {
  std::int64_t shards, updates, epochs_trained, epoch, step, first_stream, best_epoch, slots;

  static constexpr std::size_t count = 8;
  std::array<std::int64_t, count> row() const {
    return {shards, updates, epochs_trained, epoch, step, first_stream, best_epoch, slots};
  }
  static Counters from(const std::array<std::int64_t, count>& r) {
    return {r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]};
  }
};

template <std::size_t Count, typename T>
std::array<T, Count> exactly(const std::vector<T>& values, std::string_view tensor) {
  if (values.size() != Count) {
    throw DataError(fmt::format("{} has {} numbers, not {}", tensor, values.size(), Count));
  }
  std::array<T, Count> row;
  std::ranges::copy(values, row.begin());
  return row;
}

std::string slot_name(int slot, const Parameter& parameter) {
  return fmt::format("slot{}/{}", slot, parameter.name);
}
bool has_slots(const Parameter& parameter) {
  return parameter.spec.role != Role::statistic;
}

void add_state(interop::SafetensorsWriter& file, const engine::State& state) {
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    const Parameter& parameter = state.parameters()[p];
    file.add("weights/" + parameter.name, parameter.spec.shape, state.weights(p));
    for (int s = 0; s < state.slots() && has_slots(parameter); ++s) {
      file.add(slot_name(s, parameter), parameter.spec.shape, state.slot(s, p));
    }
  }
}

// The memory of penalty terms.
void add_terms(interop::SafetensorsWriter& file, const engine::State& state) {
  for (const auto& [name, numbers] : state.memory) {
    file.add(std::string(memory_prefix) + name, {static_cast<std::int64_t>(numbers.size())},
             std::span(numbers));
  }
  add_reference(file, state);
}

void read_terms(const interop::Safetensors& file, engine::State& state) {
  for (const auto& [name, tensor] : file.tensors()) {
    if (!name.starts_with(memory_prefix)) continue;
    state.memory[name.substr(memory_prefix.size())] = file.doubles(name);
  }
  read_reference(file, state);
}

// Weights in the state's arena, each under its name; none if they are empty.
void add_arena(interop::SafetensorsWriter& file, const engine::State& state, std::string_view name,
               std::span<const float> arena) {
  for (std::size_t p = 0; p < state.parameters().size() && !arena.empty(); ++p) {
    const Parameter& parameter = state.parameters()[p];
    file.add(fmt::format("{}/{}", name, parameter.name), parameter.spec.shape,
             arena.subspan(state.arena().offsets[p], state.arena().sizes[p]));
  }
}

engine::State read_state(const interop::Safetensors& file, const engine::State& like, int slots) {
  engine::State state(like.parameters());
  state.frozen = like.frozen;
  state.require_slots(slots);
  for (std::size_t p = 0; p < state.parameters().size(); ++p) {
    const Parameter& parameter = state.parameters()[p];
    file.copy("weights/" + parameter.name, state.weights(p));
    for (int s = 0; s < slots && has_slots(parameter); ++s) {
      file.copy(slot_name(s, parameter), state.slot(s, p));
    }
  }
  read_terms(file, state);
  state.touch();
  return state;
}

std::vector<float> read_arena(const interop::Safetensors& file, const engine::State& like,
                              std::string_view name) {
  const auto& parameters = like.parameters();
  const auto tensor = [&](std::size_t p) { return fmt::format("{}/{}", name, parameters[p].name); };
  if (parameters.empty() || !file.contains(tensor(0))) return {};
  std::vector<float> arena(like.arena().total);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    file.copy(tensor(p), std::span(arena).subspan(like.arena().offsets[p], like.arena().sizes[p]));
  }
  return arena;
}

StatisticsSize size_of(const ModelCore& core) {
  return {core.layout().parameters.size(), core.network().nodes().size()};
}

// A row for each epoch; the last is the current one.
std::vector<double> statistics_rows(const Position& position, const StatisticsSize& size) {
  std::vector<double> rows;
  for (const Epoch& epoch : position.history.epochs) append_row(rows, epoch.statistics, size);
  append_row(rows, position.statistics, size);
  return rows;
}

void read_statistics(std::span<const double> rows, const StatisticsSize& size, Position& position) {
  auto& epochs = position.history.epochs;
  const std::size_t wanted = (epochs.size() + 1) * size.columns();
  if (rows.size() != wanted) {
    throw DataError(fmt::format("statistics has {} numbers, not {}", rows.size(), wanted));
  }
  for (Epoch& epoch : epochs) {
    epoch.statistics = statistics_of(rows.first(size.columns()), size);
    rows = rows.subspan(size.columns());
  }
  position.statistics = statistics_of(rows, size);
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const ModelCore& core,
                     const Position& position, const Attributes& fingerprint,
                     const Follower* follower) {
  const auto counters = Counters{core.options.shards,
                                 core.state.step,
                                 core.epochs_trained,
                                 position.epoch,
                                 position.step,
                                 position.first_stream,
                                 position.history.best_epoch,
                                 core.state.slots()}
                            .row();
  const auto sums = position.sums.row();
  const auto measured = position.metrics.names();
  const auto rows = to_rows(position.history.epochs);
  const auto metrics = position.metrics.state();
  const auto epochs = static_cast<std::int64_t>(position.history.epochs.size());
  const StatisticsSize size = size_of(core);
  const auto statistics = statistics_rows(position, size);

  interop::SafetensorsWriter file;
  format.write(file.metadata);
  file.metadata["fingerprint"] = interop::to_json(fingerprint);
  file.add("counters", {static_cast<std::int64_t>(counters.size())}, counters);
  file.metadata["regularize"] = interop::to_json(core.options.regularize);
  file.metadata["in_force"] = interop::to_json(core.in_force);
  file.metadata["best_in_force"] = interop::to_json(position.best_in_force);
  file.add("epoch_sums", {static_cast<std::int64_t>(sums.size())}, sums);
  file.add("history", {epochs, static_cast<std::int64_t>(epoch_columns(measured.size()))}, rows);
  file.add("metrics", {static_cast<std::int64_t>(metrics.size())}, metrics);
  file.add("statistics", {epochs + 1, static_cast<std::int64_t>(size.columns())}, statistics);
  add_state(file, core.state);
  add_terms(file, core.state);
  add_arena(file, core.state, "best", position.best);
  add_arena(file, core.state, "average", position.average.weights);
  file.add("averaged", {}, std::span(&position.average.count, 1));
  if (follower) follower->save(file);
  file.write(path);
}

Position load_checkpoint(const std::filesystem::path& path, ModelCore& core, const Wanted& wanted) {
  const auto file = interop::Safetensors::read(path);
  format.check(file);
  Attributes settings;
  try {
    settings = interop::attributes_from_json(file.metadata("fingerprint"));
  } catch (const DataError&) {
    throw DataError(fmt::format("{}: corrupt: its fingerprint cannot be read", file.name()));
  }
  check_same(settings, wanted.fingerprint, file.name());
  const auto counters =
      Counters::from(exactly<Counters::count>(file.integers("counters"), "counters"));
  if (counters.shards != core.options.shards && !core.automatic_shards) {
    throw UsageError(fmt::format("{} was made with train.shards = {}, not {}: resume with that",
                                 file.name(), counters.shards, core.options.shards));
  }
  const OptimizerSetting& optimizer = core.options.optimizer;
  const int most = optimizer.optimizer->slots() + (optimizer.lookahead.interval > 0 ? 1 : 0);
  const auto slots = static_cast<int>(std::clamp<std::int64_t>(counters.slots, 0, most));
  Position position;
  position.epoch = counters.epoch;
  position.step = counters.step;
  position.first_stream = counters.first_stream;
  position.sums =
      EpochSums::from(exactly<EpochSums::count>(file.doubles("epoch_sums"), "epoch_sums"));
  position.metrics = wanted.metrics.fresh();
  position.metrics.restore(file.doubles("metrics"));
  position.history.epochs = from_rows(file.doubles("history"), position.metrics.names());
  read_statistics(file.doubles("statistics"), size_of(core), position);
  position.history.best_epoch = static_cast<int>(counters.best_epoch);
  position.best = read_arena(file, core.state, "best");
  position.average.weights = read_arena(file, core.state, "average");
  if (!position.average.weights.empty()) {
    position.average.count = exactly<1>(file.integers("averaged"), "averaged")[0];
  }
  const bool consistent =
      counters.shards >= 1 && counters.epoch >= 0 && counters.step >= 0 &&
      counters.step <= wanted.steps &&
      static_cast<std::size_t>(counters.epoch) == position.history.epochs.size() &&
      counters.best_epoch >= (counters.epoch > 0 ? 1 : 0) &&
      counters.best_epoch <= counters.epoch &&
      (counters.best_epoch == counters.epoch || !position.best.empty()) &&
      (position.average.count > 0) == !position.average.weights.empty();
  if (!consistent) throw DataError(fmt::format("{}: its counters are out of range", file.name()));
  engine::State state = read_state(file, core.state, slots);
  const auto penalties = [&](const char* key) {
    return read_penalties(file, key, core.layout().parameters);
  };
  const Regularize regularize = penalties("regularize");
  Regularize in_force = penalties("in_force");
  position.best_in_force = penalties("best_in_force");
  if (wanted.follower) wanted.follower->load(file);

  core.set_shards(static_cast<int>(counters.shards));
  core.state = std::move(state);
  core.state.step = counters.updates;
  // With its changes during training.
  if (regularize != core.options.regularize) core.set_regularize(regularize);
  core.in_force = std::move(in_force);
  core.epochs_trained = counters.epochs_trained;
  return position;
}

std::int64_t epochs_in_checkpoint(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return 0;
  try {
    const auto file = interop::Safetensors::read(path);
    format.check(file);
    return Counters::from(exactly<Counters::count>(file.integers("counters"), "counters")).epoch;
  } catch (const DataError&) {
    return 0;
  }
}

}  // namespace ridgeline::train
