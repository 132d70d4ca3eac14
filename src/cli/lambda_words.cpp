#include "cli/lambda_words.hpp"

#include <fmt/ranges.h>

#include "ridgeline/lambda.hpp"

namespace ridgeline::cli {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

bool is_constant(const Schedule& strength) {
  return strength == Schedule(strength.value);
}

// The number of a convention for one of Ridgeline's strengths alone.
double number(std::string_view strength, double value, std::string_view convention,
              std::string_view name) {
  const LambdaConversion conversion =
      convert_lambda("ridgeline", {{std::string(strength), value}}, {});
  for (const auto& [known, converted] : conversion.in(convention).numbers) {
    if (known == name) return converted;
  }
  return 0;
}

// The optimiser's class in PyTorch; empty if it has none with the same steps.
std::string class_of(const std::string& optimizer, bool decoupled) {
  if (optimizer == "adam" || optimizer == "adamw") return decoupled ? "AdamW" : "Adam";
  return !decoupled && (optimizer == "sgd" || optimizer == "gd") ? "SGD" : "";
}

std::string keras(const Regularize& penalty) {
  std::vector<std::string> numbers, parts;
  const double l1 = penalty.l1.value, l2 = penalty.l2.value, decay = penalty.decay.value;
  if (l1 > 0) numbers.push_back(fmt::format("l1={:g}", number("l1", l1, "keras", "l1")));
  if (l2 > 0) numbers.push_back(fmt::format("l2={:g}", number("l2", l2, "keras", "l2")));
  if (!numbers.empty()) {
    parts.push_back(
        fmt::format("kernel_regularizer=keras.regularizers.L1L2({})", fmt::join(numbers, ", ")));
  }
  if (decay > 0) {
    parts.push_back(fmt::format("weight_decay={:g} of the optimizer",
                                number("decay", decay, "keras-decay", "weight_decay")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Only kernels have more than one dimension. They are what is penalised by default.
std::string pytorch(const experiment::Experiment& experiment) {
  const Regularize& penalty = experiment.regularize;
  const double l2 = penalty.l2.value, decay = penalty.decay.value;
  const bool decoupled = decay > 0;
  const std::string optimizer = class_of(experiment.optimizer.kind, decoupled);
  // One weight_decay cannot be both, and PyTorch has no L1 penalty.
  if (optimizer.empty() || (decoupled && l2 > 0) || penalty.l1.value > 0) return {};
  const double strength = decoupled ? number("decay", decay, "pytorch-adamw", "weight_decay")
                                    : number("l2", l2, "pytorch", "weight_decay");
  return fmt::format(
      "torch.optim.{}([{{'params': [p for p in net.parameters() if p.ndim > 1], "
      "'weight_decay': {:g}}}, {{'params': [p for p in net.parameters() if p.ndim < 2], "
      "'weight_decay': 0}}], lr={:g})",
      optimizer, strength, experiment.optimizer.learning_rate.value);
}

}  // namespace

Words lambda_words(const experiment::Experiment& experiment) {
  const Regularize& penalty = experiment.regularize;
  const bool constant =
      is_constant(penalty.l2) && is_constant(penalty.l1) && is_constant(penalty.decay);
  const bool any = penalty.l2.value > 0 || penalty.l1.value > 0 || penalty.decay.value > 0;
  if (!constant || !any || !penalty.rules.empty()) return {};
  Words words{{"Keras", keras(penalty)}, {"PyTorch", pytorch(experiment)}};
  std::erase_if(words, [](const auto& line) { return line.second.empty(); });
  return words;
}

}  // namespace ridgeline::cli
