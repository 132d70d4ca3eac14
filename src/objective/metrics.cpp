#include "objective/metrics.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::objective {
namespace {

std::int32_t largest(std::span<const float> values) {
  return static_cast<std::int32_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace

std::int32_t predicted_class(std::span<const float> values, Head head) {
  if (values.size() > 1) return largest(values);
  return values[0] > (head == Head::logits ? 0.0f : 0.5f) ? 1 : 0;
}

bool says_something(std::span<const float> values) {
  return std::ranges::none_of(values, [](float value) { return std::isnan(value); });
}

bool in_top(std::span<const float> values, std::int32_t truth, int count) {
  if (!says_something(values)) return false;
  if (values.size() <= static_cast<std::size_t>(count)) return true;
  const auto place = static_cast<std::size_t>(truth);
  int ahead = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ahead += i < place ? values[i] >= values[place] : values[i] > values[place];
  }
  return ahead < count;
}

std::int32_t true_class(const Targets& targets, std::size_t i) {
  const auto image = static_cast<std::int64_t>(i);
  const TensorView& target = targets[0];
  if (target.type() == ElementType::i32) return target.values<std::int32_t>(image)[0];
  const auto values = target.values<float>(image);
  const std::size_t width = values.size();
  return width > 1 ? largest(values) : values[0] > 0.5f ? 1 : 0;
}

Counts::Counts(std::int64_t classes)
    : confusion_(static_cast<std::size_t>(classes),
                 std::vector<std::int64_t>(static_cast<std::size_t>(classes), 0)) {}

void Counts::add(std::span<const float> values, std::int64_t images, const Targets& targets,
                 Head head) {
  const auto count = static_cast<std::size_t>(images);
  const std::size_t width = values.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto of_image = values.subspan(i * width, width);
    const std::int32_t truth = true_class(targets, i), said = predicted_class(of_image, head);
    const bool says = says_something(of_image);
    correct_ += says && said == truth;
    in_top5_ += in_top(of_image, truth, 5);
    if (says && !confusion_.empty()) {
      ++confusion_[static_cast<std::size_t>(truth)][static_cast<std::size_t>(said)];
    }
  }
  images_ += images;
}

void Counts::clear() {
  images_ = correct_ = in_top5_ = 0;
  for (auto& row : confusion_) std::fill(row.begin(), row.end(), 0);
}

}  // namespace ridgeline::objective
