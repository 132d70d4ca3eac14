#include "train/fingerprint.hpp"

#include <fmt/ranges.h>

#include <bit>

#include "interop/json.hpp"
#include "ridgeline/error.hpp"
#include "train/compute_fields.hpp"
#include "train/hash.hpp"

namespace ridgeline::train {
namespace {

constexpr std::size_t longest_shown = 60;

void add(Attributes& print, std::string key, Precision value) {
  print.set(std::move(key), std::string(name_of(value)));
}

template <typename Value>
void add(Attributes& print, std::string key, const Value& value) {
  print.set(std::move(key), fmt::format("{}", value));
}

void add(Hash& hash, const Target& target) {
  if (const auto* label = std::get_if<std::int32_t>(&target)) {
    hash.add(static_cast<std::uint64_t>(*label));
  } else if (const auto* values = std::get_if<std::vector<float>>(&target)) {
    for (const float value : *values) hash.add(std::bit_cast<std::uint32_t>(value));
  }
}

}  // namespace

std::string describe(const Dataset& data) {
  Hash hash;
  for (std::size_t i = 0; i < data.size(); ++i) {
    hash.add(data.id(i));
    add(hash, data.target(i));
    if (data.weighted()) hash.add(std::bit_cast<std::uint64_t>(data.weight(i)));
  }
  return fmt::format("{} ({:x})", data.size(), hash.value());
}

Attributes settings(const Network& network, const ModelOptions& model, const FitOptions& options) {
  Attributes print;
  add(print, "network", interop::to_json(network));
  add(print, "input", model.input.text());
  add(print, "loss", interop::to_json(*model.loss));
  add(print, "optimizer", interop::to_json(model.optimizer));
  add(print, "regularize", interop::to_json(model.regularize));
  if (!model.rate_rules.empty()) {
    std::vector<std::string> rules;
    for (const auto& [match, factor] : model.rate_rules) {
      rules.push_back(fmt::format("{} {}", match, factor));
    }
    add(print, "optimizer.rule", fmt::format("{}", rules));
  }
  add(print, "frozen", fmt::format("{}", model.frozen));
  add(print, "train.seed", model.seed);
  for_each_compute_field([&](const auto& field) {
    add(print, fmt::format("train.{}", field.name), model.compute.*field.member);
  });
  add(print, "train.batch", options.batch);
  if (options.accumulate > 1) add(print, "train.accumulate", options.accumulate);
  if (options.unfreeze_at > 0) add(print, "train.unfreeze_at", options.unfreeze_at);
  if (options.average != "none") add(print, "train.average", options.average);
  if (options.average == "ema") add(print, "train.average_decay", options.average_decay);
  if (options.average == "swa") add(print, "train.average_from", options.average_from);
  add(print, "train.monitor", options.monitor);
  if (!options.metrics.empty()) add(print, "train.metrics", fmt::format("{}", options.metrics));
  if (options.sampling != "shuffle") add(print, "data.sampling", options.sampling);
  add(print, "data.augment", fmt::format("{}", options.augment));
  if (const auto& resized = model.preprocessing) {
    add(print, "data.resize", resized->resize);
    add(print, "data.filter", resized->filter);
    add(print, "data.crop_share", resized->crop_share);
  }
  return print;
}

Attributes fingerprint(const ModelCore& core, const FitOptions& options, const Dataset& train,
                       const Dataset& validation) {
  const ModelOptions& model = core.options;
  Attributes print = settings(core.network(), model, options);
  // By the tensors that were read: the file may have moved or changed since.
  if (!model.weights.empty()) print.set("model.weights", fmt::format("{:x}", core.weights_hash));
  add(print, "training images", describe(train));
  add(print, "validation images", describe(validation));
  const bool average_depends = options.average == "swa" && options.average_from < 1;
  if (!model.optimizer.learning_rate.is_constant() || !model.regularize.is_constant() ||
      average_depends) {
    add(print, "train.epochs", options.epochs);
  }
  return print;
}

void check_same(const Attributes& stored, const Attributes& wanted, std::string_view file) {
  const auto differs = [&](std::string_view key, const std::string& was, const std::string& is) {
    const bool shown = was.size() + is.size() <= longest_shown && !was.empty() && !is.empty();
    throw UsageError(
        shown ? fmt::format("{} was made with {} = {}, not {}: resume with that, or start again",
                            file, key, was, is)
              : fmt::format(
                    "{} was made with another setting of '{}': resume with that, or start again",
                    file, key));
  };
  for (const auto& [key, value] : wanted.items()) {
    const std::string was = stored.text(key, ""), is = text(value);
    if (was != is) differs(key, was, is);
  }
  for (const auto& [key, value] : stored.items()) {
    if (!wanted.find(key)) differs(key, text(value), "");
  }
}

}  // namespace ridgeline::train
