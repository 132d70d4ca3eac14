#include "cli/lambda_words.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "ridgeline/lambda.hpp"

namespace ridgeline::cli {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

bool is_constant(const Schedule& strength) {
  return strength == Schedule(strength.value);
}

double number(const LambdaConversion& conversion, std::string_view convention,
              std::string_view name) {
  for (const auto& [known, value] : conversion.in(convention).numbers) {
    if (known == name) return value;
  }
  return 0;
}

std::string class_of(const std::string& optimizer, bool decoupled) {
  if (optimizer == "adam" || optimizer == "adamw") return decoupled ? "AdamW" : "Adam";
  return optimizer == "sgd" || optimizer == "gd" ? "SGD" : "";
}

std::string keras(const Regularize& penalty, const LambdaConversion& conversion) {
  std::vector<std::string> parts;
  if (penalty.l2.value > 0 || penalty.l1.value > 0) {
    std::vector<std::string> numbers;
    const double l2 = number(conversion, "keras", "l2"), l1 = number(conversion, "keras", "l1");
    if (l1 > 0) numbers.push_back(fmt::format("l1={:g}", l1));
    if (l2 > 0) numbers.push_back(fmt::format("l2={:g}", l2));
    parts.push_back(
        fmt::format("kernel_regularizer=keras.regularizers.L1L2({})", fmt::join(numbers, ", ")));
  }
  if (penalty.decay.value > 0) {
    parts.push_back(fmt::format("keras.optimizers.AdamW(weight_decay={:g})",
                                number(conversion, "keras-decay", "weight_decay")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Only kernels have more than one dimension. They are what is penalised by default.
std::string pytorch(const experiment::Experiment& experiment, const LambdaConversion& conversion) {
  const Regularize& penalty = experiment.regularize;
  const bool decoupled = penalty.decay.value > 0;
  const std::string optimizer = class_of(experiment.optimizer.kind, decoupled);
  // One weight_decay cannot be both, and PyTorch has no L1 penalty.
  if (optimizer.empty() || (decoupled && penalty.l2.value > 0) || penalty.l1.value > 0) return {};
  const double strength =
      number(conversion, decoupled ? "pytorch-adamw" : "pytorch", "weight_decay");
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
  const LambdaConversion conversion = convert_lambda(
      "ridgeline",
      {{"l2", penalty.l2.value}, {"l1", penalty.l1.value}, {"decay", penalty.decay.value}},
      {.optimizer = experiment.optimizer.kind});
  Words words{{"Keras", keras(penalty, conversion)}, {"PyTorch", pytorch(experiment, conversion)}};
  std::erase_if(words, [](const auto& line) { return line.second.empty(); });
  return words;
}

}  // namespace ridgeline::cli
