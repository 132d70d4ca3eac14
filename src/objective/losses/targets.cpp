// Checks of targets for all losses.

#include <algorithm>
#include <cmath>

#include "objective/losses/losses.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::objective {
namespace {

template <typename... Arguments>
void require(bool met, fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
  if (!met) throw DataError(fmt::format(sentence, std::forward<Arguments>(arguments)...));
}

void check_values(const TargetRows& rows, std::int64_t outputs, std::size_t first) {
  const auto width = static_cast<std::int64_t>(rows.width());
  require(width == outputs || (width == 2 && outputs == 1),
          "the targets have {} values per image, but the network has {} outputs", width, outputs);
  for (std::size_t i = 0; i < rows.values().size(); ++i) {
    require(std::isfinite(rows.values()[i]), "image {} has a target that is not a finite number",
            first + i / rows.width());
  }
}

void check_classes(const TargetRows& rows, std::int64_t outputs, std::size_t first) {
  const std::int64_t classes = outputs == 1 ? 2 : outputs;
  for (std::size_t i = 0; i < rows.classes().size(); ++i) {
    const std::int32_t c = rows.classes()[i];
    require(c >= 0 && c < classes, "image {} has class {}, but the network knows classes 0 to {}",
            first + i, c, classes - 1);
  }
}

}  // namespace

TargetRows::TargetRows(const Targets& targets, std::size_t outputs)
    : outputs_(outputs), images_(targets.images()) {
  for (const TensorView& tensor : targets) {
    if (tensor.ragged()) continue;
    if (tensor.name() == weight_tensor) {
      weights_ = tensor.values<float>();
    } else if (tensor.type() == ElementType::i32 && tensor.name() == class_tensor) {
      classes_ = tensor.values<std::int32_t>();
    } else if (tensor.type() == ElementType::f32 && values_.empty()) {
      values_ = tensor.values<float>();
      width_ = static_cast<std::size_t>(tensor.row_size());
    }
  }
}

double PerImageLoss::evaluate(const Tensors& outputs, const Targets& targets, double scale,
                              GradientSpans gradients) const {
  const TensorView& output = outputs[0];
  const auto width = static_cast<std::size_t>(output.row_size());
  const auto values = output.values<float>();
  const TargetRows rows(targets, width);
  double total = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(output.images()); ++i) {
    const double weight = rows.weight(i);
    const auto gradient =
        gradients.empty() ? std::span<float>() : gradients[0].subspan(i * width, width);
    total +=
        weight * of_image(values.subspan(i * width, width), rows.row(i), scale * weight, gradient);
  }
  return total;
}

void PerImageLoss::check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                                 std::int64_t first_image) const {
  objective::check_targets(targets, outputs[0].shape.elements(), first_image);
}

void check_targets(const Targets& targets, std::int64_t outputs, std::int64_t first_image) {
  const auto first = static_cast<std::size_t>(first_image);
  const TargetRows rows(targets, static_cast<std::size_t>(outputs));
  require(!rows.classes().empty() || !rows.values().empty() || rows.images() == 0,
          "the images have no targets that this loss can read");
  for (const TensorView& tensor : targets) {
    require(tensor.images() == rows.images(), "there are {} targets for {} images", tensor.images(),
            rows.images());
  }
  for (std::size_t i = 0; rows.has_weights() && i < static_cast<std::size_t>(rows.images()); ++i) {
    require(rows.weight(i) >= 0 && std::isfinite(rows.weight(i)),
            "image {} has the weight {}, which must be a number that is not negative", first + i,
            rows.weight(i));
  }
  if (!rows.classes().empty()) {
    check_classes(rows, outputs, first);
  } else {
    check_values(rows, outputs, first);
  }
}

void check_probabilities(const Targets& targets, std::string_view loss, std::int64_t first) {
  const TargetRows rows(targets, 1);
  for (std::size_t i = 0; i < rows.values().size(); ++i) {
    const float v = rows.values()[i];
    require(v >= 0 && v <= 1, "image {} has the target {}, but {} takes probabilities, from 0 to 1",
            static_cast<std::size_t>(first) + i / rows.width(), v, loss);
  }
}

}  // namespace ridgeline::objective
