#include "select/guess.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace ridgeline::selection {
namespace {

constexpr int most_steps = 1000;
constexpr double enough = 1e-9;  // a step's gain as a share of the loss

// The mean loss of one answer over all images, and its gradient, computed class by class.
class ConstantAnswer {
 public:
  ConstantAnswer(const Loss& loss, const std::vector<double>& counts)
      : loss_(loss), counts_(counts) {
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      const auto label = static_cast<std::int32_t>(c);
      weight_ += counts_[c] * loss_.weight(class_targets({&label, 1}));
    }
    if (!(weight_ > 0)) weight_ = 1;
  }

  double operator()(const std::vector<float>& answer, std::vector<float>& gradient) const {
    double sum = 0;
    std::vector<float> part(answer.size());
    std::ranges::fill(gradient, 0.0F);
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      if (counts_[c] == 0) continue;
      const auto label = static_cast<std::int32_t>(c);
      const double share = counts_[c] / weight_;
      sum += share * loss_.evaluate(answer, class_targets({&label, 1}), share, part);
      std::ranges::transform(gradient, part, gradient.begin(), std::plus<>());
    }
    return sum;
  }

 private:
  const Loss& loss_;
  const std::vector<double>& counts_;
  double weight_ = 0;
};

// Gradient descent, with steps that grow while they help. It finds the minimum, since the losses
// are convex in the answer.
double lowest(const ConstantAnswer& loss, std::size_t outputs) {
  std::vector<float> answer(outputs, 0.0F), gradient(outputs), next(outputs),
      next_gradient(outputs);
  double value = loss(answer, gradient);
  double rate = 1;
  for (int step = 0; step < most_steps; ++step) {
    for (std::size_t i = 0; i < outputs; ++i) {
      next[i] = static_cast<float>(answer[i] - rate * gradient[i]);
    }
    const double next_value = loss(next, next_gradient);
    if (!(next_value < value)) {
      if ((rate /= 2) < enough) break;
      continue;
    }
    const bool last = value - next_value < enough * value;
    value = next_value;
    answer.swap(next);
    gradient.swap(next_gradient);
    rate *= 1.5;
    if (last) break;
  }
  return value;
}

// One image for each class, weighted by the number of its images.
std::vector<MetricValue> first_metric(const std::vector<double>& counts, std::int64_t outputs,
                                      const metrics::MetricSet& measured) {
  if (measured.empty()) return {};
  const double images = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::vector<float> answers, weights;
  std::vector<std::int32_t> classes;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    for (std::size_t o = 0; o < static_cast<std::size_t>(outputs); ++o) {
      answers.push_back(static_cast<float>(counts[outputs == 1 ? 1 : o] / images));
    }
    weights.push_back(static_cast<float>(counts[c]));
    classes.push_back(static_cast<std::int32_t>(c));
  }
  const MetricPtr metric = measured.metrics().front()->fresh();
  metric->add({{"output", std::span<const float>(answers), Shape{outputs}}},
              {{class_tensor, std::span<const std::int32_t>(classes), Shape{}},
               {weight_tensor, std::span<const float>(weights), Shape{}}});
  return {{.name = metric->name(),
           .value = metric->value(),
           .higher_is_better = metric->higher_is_better()}};
}

}  // namespace

std::optional<Metrics> best_guess(const Dataset& data, const Loss& training_loss,
                                  std::int64_t outputs, const metrics::MetricSet& measured) {
  if (data.empty() || !data.has_classes() || data.classes() != std::max<std::int64_t>(outputs, 2)) {
    return std::nullopt;
  }
  std::vector<double> counts(static_cast<std::size_t>(data.classes()));
  for (std::size_t i = 0; i < data.size(); ++i) ++counts[static_cast<std::size_t>(data.label(i))];

  const LossPtr plain = training_loss.for_evaluation();
  const Loss& loss = plain ? *plain : training_loss;
  Metrics guess;
  guess.images = static_cast<std::int64_t>(data.size());
  guess.data_loss = lowest({loss, counts}, static_cast<std::size_t>(outputs));
  guess.objective = guess.data_loss;
  guess.values = first_metric(counts, outputs, measured);
  return guess;
}

}  // namespace ridgeline::selection
