#include "metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/state.hpp"

namespace ridgeline::metrics {
namespace {

constexpr double not_defined = std::numeric_limits<double>::quiet_NaN();

class Ranking final : public Metric {
 public:
  explicit Ranking(const RankingKind& kind) : kind_(kind) {}

  std::string name() const override { return std::string(kind_.name); }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  // A softmax can change the order of images; a sigmoid cannot.
  bool needs_probabilities(std::string_view target) const override {
    return target != labels_tensor;
  }
  bool quick() const override { return false; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    if (batch.images() == 0) return;
    result_.reset();
    width_ = batch.width();
    multi_label_ = batch.multi_label();
    for (std::size_t i = 0; i < batch.images(); ++i) {
      const auto output = batch.output(i);
      scores_.insert(scores_.end(), output.begin(), output.end());
      weights_.push_back(batch.weight(i));
      if (multi_label_) {
        for (const float t : batch.target(i)) truths_.push_back(t > 0.5f ? 1 : 0);
      } else {
        truths_.push_back(batch.true_class(i));
      }
    }
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const Ranking&>(other);
    if (from.weights_.empty()) return;
    result_.reset();
    width_ = from.width_;
    multi_label_ = from.multi_label_;
    scores_.insert(scores_.end(), from.scores_.begin(), from.scores_.end());
    truths_.insert(truths_.end(), from.truths_.begin(), from.truths_.end());
    weights_.insert(weights_.end(), from.weights_.begin(), from.weights_.end());
  }
  double value() const override { return result().value; }
  double standard_error() const override { return result().standard_error; }
  MetricDetails details() const override { return {.per_class = result().per_class}; }
  void clear() override { *this = Ranking(kind_); }
  MetricPtr fresh() const override { return std::make_unique<Ranking>(kind_); }

  std::vector<double> state() const override {
    std::vector<double> state{static_cast<double>(weights_.size()), static_cast<double>(width_),
                              multi_label_ ? 1.0 : 0.0};
    const auto append = [&](const auto& values) {
      state.insert(state.end(), values.begin(), values.end());
    };
    append(scores_);
    append(truths_);
    append(weights_);
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, kind_.name);
    const std::size_t images = reader.count();
    width_ = reader.count();
    multi_label_ = reader.count() == 1;
    const auto classes = static_cast<double>(multi_label_ || width_ == 1 ? 2 : width_);
    for (const double s : reader.numbers(images, width_)) {
      scores_.push_back(static_cast<float>(s));
    }
    for (const double t : reader.numbers(images, multi_label_ ? width_ : 1)) {
      if (!(t >= 0 && t < classes)) reader.corrupt();
      truths_.push_back(static_cast<std::int32_t>(t));
    }
    const auto weights = reader.numbers(images);
    weights_.assign(weights.begin(), weights.end());
    reader.end();
  }

 private:
  struct Result {
    double value = 0, standard_error = 0;
    std::vector<double> per_class;
  };

  bool positive(std::size_t image, std::size_t column) const {
    if (multi_label_) return truths_[image * width_ + column] != 0;
    return truths_[image] == static_cast<std::int32_t>(width_ > 1 ? column : 1);
  }

  std::vector<Ranked> ranking(std::size_t column) const {
    std::vector<Ranked> ranking(weights_.size());
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      ranking[i] = {scores_[i * width_ + column], positive(i, column), weights_[i], i};
    }
    std::ranges::stable_sort(ranking, std::greater<>(), &Ranked::score);
    return ranking;
  }

  const Result& result() const {
    if (!result_) result_ = compute();
    return *result_;
  }
  Result compute() const {
    if (weights_.empty()) return {};
    if (std::ranges::any_of(scores_, [](float s) { return std::isnan(s); })) return {not_defined};
    Result result;
    std::vector<double> influence(weights_.size());
    double sum = 0, count = 0;
    const bool two = !multi_label_ && width_ == 2;
    for (std::size_t column = two ? 1 : 0; column < width_; ++column) {
      const auto ranking = this->ranking(column);
      const RankedScore score = kind_.score(ranking);
      result.per_class.push_back(score.value);
      if (std::isnan(score.value)) continue;
      sum += score.value;
      ++count;
      for (std::size_t r = 0; r < ranking.size(); ++r) {
        influence[ranking[r].image] += score.influence[r];
      }
    }
    // With two classes, the only value is the metric itself.
    if (!multi_label_ && width_ <= 2) result.per_class.clear();
    if (count == 0) return {not_defined, 0, std::move(result.per_class)};
    double squares = 0;
    for (const double i : influence) squares += i * i;
    result.value = sum / count;
    result.standard_error = std::sqrt(squares) / count;
    return result;
  }

  RankingKind kind_;
  std::size_t width_ = 1;
  bool multi_label_ = false;
  std::vector<float> scores_;             // images x width
  std::vector<std::int32_t> truths_;      // a class for each image, or 0 and 1: images x width
  std::vector<double> weights_;           // of each image
  mutable std::optional<Result> result_;  // of all batches so far
};

}  // namespace

MetricPtr make_ranking(const RankingKind& kind) {
  return std::make_unique<Ranking>(kind);
}

}  // namespace ridgeline::metrics
