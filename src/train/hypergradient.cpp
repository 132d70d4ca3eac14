#include "train/hypergradient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/denormals.hpp"
#include "interop/safetensors.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"
#include "train/measure.hpp"

namespace ridgeline::train {
namespace {

constexpr std::size_t run_length = 1024;

Schedule& strength_of(Regularize& regularize, std::string_view name) {
  if (name == "l2") return regularize.l2;
  if (name == "decay") return regularize.decay;
  require(name == "independent_decay",
          "the hypergradient knows regularize.l2, regularize.decay and "
          "regularize.independent_decay, not regularize.{}",
          name);
  return regularize.independent_decay;
}

// Strengths are linear in their base, so this difference is the derivative.
std::vector<Penalty> derivatives(const ModelCore& core, std::string_view name) {
  Regularize regularize = core.options.regularize;
  Schedule& base = strength_of(regularize, name);
  std::vector<Penalty> once = core.penalties(regularize);
  base.value *= 2;
  const std::vector<Penalty> twice = core.penalties(regularize);
  for (std::size_t p = 0; p < once.size(); ++p) {
    once[p] = {.l2 = twice[p].l2 - once[p].l2,
               .decay = twice[p].decay - once[p].decay,
               .independent_decay = twice[p].independent_decay - once[p].independent_decay};
  }
  return once;
}

}  // namespace

void check_hypergradient(const ModelCore& core, std::string_view strength) {
  const OptimizerSetting& optimizer = core.options.optimizer;
  const bool known = optimize::tangent_of(*optimizer.optimizer) != nullptr;
  require(known && optimizer.lookahead.interval == 0,
          "the hypergradient follows the optimizers sgd, adam and adamw without lookahead, not {}",
          known ? "lookahead" : optimizer.optimizer->kind());
  Regularize regularize = core.options.regularize;
  require(strength_of(regularize, strength).is_constant(),
          "the hypergradient needs one number for regularize.{}, not a schedule", strength);
}

Hypergradient::Hypergradient(ModelCore& core, const Dataset& validation,
                             HypergradientOptions options)
    : core_(core),
      options_(std::move(options)),
      tangent_(optimize::tangent_of(*core.options.optimizer.optimizer)),
      direct_(derivatives(core, options_.strength)) {
  check_hypergradient(core, options_.strength);
  const OptimizerSetting& optimizer = core.options.optimizer;
  data::LoaderOptions reading = evaluation_loader(core, validation);
  reading.batch = std::min(options_.batch, static_cast<std::int64_t>(validation.size()));
  reading.shuffle = true;
  reading.seed = options_.seed;
  validation_ = std::make_unique<data::Loader>(validation, reading);
  const std::size_t count = core.state.arena().trainable;
  z_.resize(count);
  dslots_.resize(static_cast<std::size_t>(optimizer.optimizer->slots()), std::vector<float>(count));
  gradient_.resize(count);
  sums_.resize(1 + 2 * (core.state.parameters().size() + 1));
}

bool Hypergradient::trained(std::size_t parameter) const {
  const engine::State& state = core_.state;
  return state.arena().offsets[parameter] < state.arena().trainable && !state.frozen[parameter];
}

// Copies the engine's gradient. That of frozen parameters stays 0.
void Hypergradient::take_gradient() {
  for (std::size_t p = 0; p < direct_.size(); ++p) {
    if (!trained(p)) continue;
    std::ranges::copy(
        core_.engine.gradient_of(core_.state, p),
        gradient_.begin() + static_cast<std::ptrdiff_t>(core_.state.arena().offsets[p]));
  }
}

// The factor of clipping by norm, which is taken as a constant.
float Hypergradient::clip_of(const engine::UpdateRule& rule) const {
  if (rule.clip_norm == 0) return 1;
  double square = 0;
  for (const float g : gradient_) square += static_cast<double>(g) * g;
  const double norm = std::sqrt(square);
  return norm > rule.clip_norm ? static_cast<float>(rule.clip_norm / norm) : 1;
}

void Hypergradient::before_update(const engine::UpdateRule& rule) {
  const engine::FlushDenormals flush;
  take_gradient();
  const float clip = clip_of(rule);
  for (std::size_t p = 0; p < direct_.size(); ++p) {
    if (trained(p)) follow(p, rule, clip);
  }
}

// A step of z, run by run, so that a run stays in the cache.
void Hypergradient::follow(std::size_t parameter, const engine::UpdateRule& rule, float clip) {
  const engine::State& state = core_.state;
  const std::size_t offset = state.arena().offsets[parameter];
  const std::size_t count = engine::padded(state.arena().sizes[parameter]);
  const float* weights = state.weight_arena().data() + offset;
  const float* gradient = gradient_.data() + offset;
  float* z = z_.data() + offset;
  const auto l2 = static_cast<float>(rule.penalties[parameter].l2);
  const auto direct = static_cast<float>(direct_[parameter].l2);
  const auto most = static_cast<float>(rule.clip_value > 0 ? rule.clip_value : HUGE_VAL);
  const double rate = rule.rate_of(parameter);
  const StepInfo info{.learning_rate = rate, .step = state.step + 1};
  const double kept = options_.memory > 0 ? 1 - 1 / static_cast<double>(options_.memory) : 1.0;
  const auto keep = static_cast<float>(kept * (1 - engine::decay_of(rule, parameter)));
  const auto shrunk = static_cast<float>(rate * direct_[parameter].decay +
                                         rule.rate_share * direct_[parameter].independent_decay);
  std::array<float, run_length> whole, dgradient, dstep;
  std::vector<const float*> slots(dslots_.size());
  std::vector<float*> dslots(dslots_.size());
  for (std::size_t begin = 0; begin < count; begin += run_length) {
    const std::size_t length = std::min(run_length, count - begin);
    for (std::size_t i = 0; i < length; ++i) {
      const std::size_t at = begin + i;
      whole[i] = std::clamp(clip * gradient[at], -most, most) + l2 * weights[at];
      dgradient[i] = direct * weights[at] + l2 * z[at];
    }
    for (std::size_t s = 0; s < dslots_.size(); ++s) {
      slots[s] = state.slot(static_cast<int>(s), parameter).data() + begin;
      dslots[s] = dslots_[s].data() + offset + begin;
    }
    tangent_->step(info, {.count = length,
                          .gradient = whole.data(),
                          .slots = slots.data(),
                          .dgradient = dgradient.data(),
                          .dslots = dslots.data(),
                          .dstep = dstep.data()});
    if (kept < 1) {
      for (float* slot : dslots) {
        for (std::size_t i = 0; i < length; ++i) slot[i] *= static_cast<float>(kept);
      }
    }
    for (std::size_t i = 0; i < length; ++i) {
      const std::size_t at = begin + i;
      z[at] = keep * z[at] - shrunk * weights[at] - dstep[i];
    }
  }
}

void Hypergradient::after_update() {
  const std::int64_t update = core_.state.step;
  if (update <= options_.first || update % options_.every != 0) return;
  const engine::FlushDenormals flush;
  gradient_of_validation();
  const std::size_t parameters = direct_.size();
  const auto add = [&](std::size_t row, double slope) {
    sums_[1 + 2 * row] += slope;
    sums_[2 + 2 * row] += slope * slope;
  };
  double total = 0;
  for (std::size_t p = 0; p < parameters; ++p) {
    if (!trained(p)) continue;
    const std::size_t first = core_.state.arena().offsets[p];
    double slope = 0;
    for (std::size_t i = first; i < first + core_.state.arena().sizes[p]; ++i) {
      slope += static_cast<double>(gradient_[i]) * z_[i];
    }
    add(p, slope);
    total += slope;
  }
  add(parameters, total);
  ++sums_[0];
}

// In training mode: with dropout, and with the statistics of the batch, which are then restored.
void Hypergradient::gradient_of_validation() {
  engine::State& state = core_.state;
  const std::int64_t at = measured();
  const std::int64_t epoch = at / validation_->batches(), step = at % validation_->batches();
  const data::Batch* batch = step == 0 ? nullptr : validation_->next();
  if (batch == nullptr) {  // a new epoch, or after an interruption
    validation_->start(epoch, step);
    batch = validation_->next();
  }
  const LossPtr plain = core_.loss().for_evaluation();
  const Loss& loss = plain ? *plain : core_.loss();
  const double weight = loss.weight(batch->targets);
  const auto arena = state.weight_arena().span();
  const std::vector<float> statistics(
      arena.begin() + static_cast<std::ptrdiff_t>(state.arena().trainable), arena.end());
  core_.engine.gradient(state, for_engine(*batch, epoch), loss,
                        {.weight = weight > 0 ? weight : 1});
  take_gradient();
  std::ranges::copy(statistics,
                    arena.begin() + static_cast<std::ptrdiff_t>(state.arena().trainable));
  if (!statistics.empty()) state.touch();
}

Hypergradient::Slope Hypergradient::slope_of(std::size_t row) const {
  const double count = sums_[0], sum = sums_[1 + 2 * row], square = sums_[2 + 2 * row];
  const double mean = sum / count;
  if (!(count > 1)) return {.mean = mean, .error = std::nan("")};
  const double variance = std::max(0.0, (square - sum * mean) / (count - 1));
  return {.mean = mean, .error = std::sqrt(variance / count)};
}

void Hypergradient::save(interop::SafetensorsWriter& file) const {
  const auto size = static_cast<std::int64_t>(z_.size());
  file.add("hypergradient/z", {size}, std::span(z_));
  for (std::size_t s = 0; s < dslots_.size(); ++s) {
    file.add(fmt::format("hypergradient/dslot{}", s), {size}, std::span(dslots_[s]));
  }
  file.add("hypergradient/sums", {static_cast<std::int64_t>(sums_.size())}, std::span(sums_));
}

void Hypergradient::load(const interop::Safetensors& file) {
  file.copy("hypergradient/z", std::span(z_));
  for (std::size_t s = 0; s < dslots_.size(); ++s) {
    file.copy(fmt::format("hypergradient/dslot{}", s), std::span(dslots_[s]));
  }
  std::vector<double> sums = file.doubles("hypergradient/sums");
  if (sums.size() != sums_.size()) {
    throw DataError(fmt::format("{}: hypergradient/sums has {} numbers, not {}", file.name(),
                                sums.size(), sums_.size()));
  }
  sums_ = std::move(sums);
}

}  // namespace ridgeline::train
