#include "data/collators.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using Values = std::vector<float>;

float mixed(double own, double other, double share) {
  return static_cast<float>(share * own + (1 - share) * other);
}

class ClassCollator final : public Collator {
 public:
  void collate(std::span<const Target> targets, const TargetSchema& schema,
               TensorBatch& batch) const override {
    const bool soft = std::ranges::any_of(
        targets, [](const Target& target) { return std::holds_alternative<Values>(target); });
    if (!soft) {
      auto& labels = batch.add_integers(class_tensor);
      for (std::size_t i = 0; i < targets.size(); ++i) labels.push_back(label(targets[i], i));
      return;
    }
    const auto classes = schema.names.size();
    auto& probabilities = batch.add_floats(probabilities_tensor, {width(schema)});
    for (std::size_t i = 0; i < targets.size(); ++i) {
      for (std::size_t c = 0; c < classes; ++c) {
        probabilities.push_back(static_cast<float>(probability(targets[i], i, c)));
      }
    }
  }

  Target mix(const Target& own, const Target& other, double share,
             const TargetSchema& schema) const override {
    Values values(schema.names.size());
    for (std::size_t c = 0; c < values.size(); ++c) {
      values[c] = mixed(probability(own, 0, c), probability(other, 0, c), share);
    }
    return values;
  }

 private:
  static std::int64_t width(const TargetSchema& schema) {
    return static_cast<std::int64_t>(schema.names.size());
  }
  static std::int32_t label(const Target& target, std::size_t image) {
    if (const auto* label = std::get_if<std::int32_t>(&target)) return *label;
    throw DataError(fmt::format("the target of image {} is not a class", image));
  }
  static double probability(const Target& target, std::size_t image, std::size_t c) {
    if (const auto* values = std::get_if<Values>(&target)) return values->at(c);
    return static_cast<std::size_t>(label(target, image)) == c ? 1 : 0;
  }
};

class NumberCollator final : public Collator {
 public:
  explicit NumberCollator(std::string_view name) : name_(name) {}
  void collate(std::span<const Target> targets, const TargetSchema& schema,
               TensorBatch& batch) const override {
    const std::size_t width = schema.names.size();
    auto& numbers = batch.add_floats(name_, {static_cast<std::int64_t>(width)});
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto* values = std::get_if<Values>(&targets[i]);
      if (values == nullptr || values->size() != width) {
        throw DataError(fmt::format("the target of image {} has not {} numbers", i, width));
      }
      numbers.insert(numbers.end(), values->begin(), values->end());
    }
  }
  Target mix(const Target& own, const Target& other, double share,
             const TargetSchema&) const override {
    Values values = std::get<Values>(own);
    const auto& others = std::get<Values>(other);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = mixed(values[i], others.at(i), share);
    }
    return values;
  }

 private:
  std::string_view name_;
};

}  // namespace

const Collator& class_collator() {
  static const ClassCollator collator;
  return collator;
}
const Collator& label_collator() {
  static const NumberCollator collator(labels_tensor);
  return collator;
}
const Collator& value_collator() {
  static const NumberCollator collator(values_tensor);
  return collator;
}
const Collator& collator_for(const TargetSchema& schema) {
  if (schema.task == "classify") return class_collator();
  return schema.task == "multi-label" ? label_collator() : value_collator();
}

void add_weights(const Dataset& data, std::span<const Draw> which,
                 std::span<const std::uint8_t> left_out, TensorBatch& batch) {
  auto& weights = batch.add_floats(weight_tensor);
  for (std::size_t k = 0; k < which.size(); ++k) {
    const bool counts = left_out.empty() || left_out[k] == 0;
    weights.push_back(counts ? static_cast<float>(data.weight(which[k].image)) : 0);
  }
}

}  // namespace ridgeline::data
