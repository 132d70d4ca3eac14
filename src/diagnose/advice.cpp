#include "diagnose/advice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "ridgeline/penalty_keys.hpp"
#include "tensor/shell_word.hpp"

namespace ridgeline::diagnose {
namespace {

// A smaller number of these is a weaker penalty. A smaller bound is a stronger one.
constexpr std::array in_objective{&Penalty::l2,          &Penalty::l1,         &Penalty::l2_sp,
                                  &Penalty::group_lasso, &Penalty::orthogonal, &Penalty::spectral};
constexpr std::array decays{&Penalty::decay, &Penalty::independent_decay};

bool is_above_zero(const Schedule& schedule) {
  return std::max(schedule.value, schedule.to) > 0;
}

// The command that chooses the strength between 0 and it.
std::string selection(const Record& record, const std::string& key, double strength) {
  if (record.experiment.empty()) return {};
  const std::string over = fmt::format("select.over={{\"{}\"={{min={:.3g},max={:.3g}}}}}", key,
                                       strength / 1e4, strength);
  return fmt::format(", or what `ridgeline select {} {}` chooses", shell_word(record.experiment),
                     shell_word(over));
}

// Names the strengths that are `wanted` and above 0, then `others`.
template <typename Wanted>
std::string tenth_of(const Record& record, Wanted wanted, std::vector<std::string> others = {}) {
  const Regularize& regularize = record.regularize;
  std::vector<std::string> texts;
  std::string select;
  bool in_rules = false;
  for (const PenaltyKey& key : penalty_keys) {
    if (!wanted(key.strength)) continue;
    if (const Schedule& base = regularize.*key.base; is_above_zero(base)) {
      texts.push_back(fmt::format("regularize.{}", key.name));
      if (base.is_constant()) {
        select = selection(record, texts.back(), base.value);
        texts.back() += fmt::format(" ({:.3g})", base.value / 10);
      }
    }
    in_rules = in_rules || std::ranges::any_of(regularize.rules, [&](const PenaltyRule& rule) {
                 return rule.*key.rule && is_above_zero(*(rule.*key.rule));
               });
  }
  if (in_rules) texts.emplace_back("the rules' strengths");
  std::ranges::move(others, std::back_inserter(texts));
  if (texts.empty()) return {};
  return fmt::format("a tenth of {}", fmt::join(texts, " and of ")) +
         (texts.size() == 1 ? select : "");
}

bool is_in_objective(double Penalty::*strength) {
  return std::ranges::find(in_objective, strength) != in_objective.end();
}

}  // namespace

std::string weaker_penalty(const Record& record) {
  return tenth_of(record, [](double Penalty::*strength) {
    return is_in_objective(strength) || std::ranges::find(decays, strength) != decays.end();
  });
}

std::string weaker_penalty_in_objective(const Record& record) {
  std::vector<std::string> activities;
  const bool penalised = std::ranges::any_of(record.network.nodes(), [](const Node& node) {
    return !node.layer.spec().penalty().empty();
  });
  if (penalised) {
    activities.emplace_back("the strengths of the activity_regularization layers");
  }
  return tenth_of(record, is_in_objective, std::move(activities));
}

std::string penalty_within_reach(const Overshoot& overshoot) {
  constexpr double within_reach = 1e-4;
  return fmt::format(
      "regularize.{} divided by {:.0f}, so that it takes {} of a weight off in a step",
      overshoot.key, overshoot.share / within_reach, within_reach);
}

std::string lower_learning_rate() {
  return "a tenth of optimizer.learning_rate, and a tenth again if that is not enough";
}

std::string clipped_gradients() {
  return "optimizer.clip_norm=1";
}

std::string he_kernels() {
  return "kernel_initializer = \"he_normal\" for the hidden layers";
}

std::string rectified_units() {
  return "relu instead of sigmoid and tanh, with kernel_initializer = \"he_normal\"";
}

std::string averaged_weights(const Record& record) {
  constexpr std::int64_t enough_updates = 2000;
  return steps(record) < enough_updates ? "" : "train.average=ema, if it is not on yet";
}

std::string longer_training(const Record& record) {
  const auto& epochs = record.epochs;
  const Epoch& last = epochs.back();
  if (!last.validation) return {};
  // With a single epoch, its mean training loss tells how it began.
  const Epoch* before = epochs.size() > 1 ? &epochs[epochs.size() - 2] : nullptr;
  if (before != nullptr && !before->validation) return {};
  const double loss = before != nullptr ? before->validation->data_loss : last.train.data_loss;
  const double fallen = loss - last.validation->data_loss;
  if (!(fallen > 2 * last.validation->data_loss_error)) return {};
  return fmt::format("a longer training: train.epochs={} train.patience=3", 4 * epochs.size());
}

}  // namespace ridgeline::diagnose
