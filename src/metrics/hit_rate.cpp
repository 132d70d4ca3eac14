#include "metrics/hit_rate.hpp"

#include <algorithm>
#include <limits>

#include "metrics/confusion.hpp"
#include "metrics/second_moments.hpp"

namespace ridgeline::metrics {
namespace {

// Weights of the images that have a label, that are predicted to have it, and both.
struct LabelSums {
  double truth = 0, predicted = 0, hits = 0;
};

class HitRateMetric final : public Metric {
 public:
  HitRateMetric(const HitRate& rate, HitRateOptions options)
      : rate_(rate), options_(std::move(options)) {}

  std::string name() const override { return fmt::format("{}_{}", rate_.kind, options_.average); }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override {
    if (options_.threshold != HitRateOptions().threshold) return {labels_tensor};
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  bool needs_probabilities(std::string_view target) const override {
    return target == labels_tensor;
  }
  bool quick() const override { return false; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    if (!batch.multi_label()) return confusion_.add(batch);
    resize_labels(batch.width());
    for (std::size_t i = 0; i < batch.images(); ++i) add_labels(batch, i);
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const HitRateMetric&>(other);
    confusion_.merge(from.confusion_);
    if (from.labels_.empty()) return;
    resize_labels(from.labels_.size());
    moments_.merge(from.moments_);
    for (std::size_t l = 0; l < from.labels_.size(); ++l) {
      labels_[l].truth += from.labels_[l].truth;
      labels_[l].predicted += from.labels_[l].predicted;
      labels_[l].hits += from.labels_[l].hits;
    }
  }

  double value() const override {
    if (micro()) return ratio(total());
    double sum = 0, classes = 0;
    for (const double score : scores(0)) {
      sum += score;
      ++classes;
    }
    return classes > 0 ? sum / classes : 0;
  }
  double standard_error() const override {
    if (!labels_.empty()) return error_of_labels();
    const auto totals = confusion_.totals();
    if (micro()) {
      const LabelSums all = total();
      const double under = denominator(all), score = ratio(all);
      if (!(under > 0)) return 0;
      return confusion_.standard_error([&](std::int32_t truth, std::int32_t predicted) {
        const double counted =
            rate_.truth_share + (predicted == Confusion::nothing ? 0 : rate_.predicted_share);
        return ((truth == predicted) - score * counted) / under;
      });
    }
    const auto classes = static_cast<double>(
        std::ranges::count_if(totals, [](const Confusion::Totals& c) { return c.met; }));
    const auto part = [&](std::int32_t c, double share, bool hit) {
      if (c == Confusion::nothing) return 0.0;
      const auto& of = totals[static_cast<std::size_t>(c)];
      const LabelSums sums{of.truth, of.predicted, of.hits};
      const double under = denominator(sums);
      return under > 0 ? (hit - share * ratio(sums)) / under / classes : 0.0;
    };
    return confusion_.standard_error([&](std::int32_t truth, std::int32_t predicted) {
      return part(truth, rate_.truth_share, truth == predicted) +
             part(predicted, rate_.predicted_share, false);
    });
  }
  MetricDetails details() const override {
    return {.per_class = scores(std::numeric_limits<double>::quiet_NaN(), true)};
  }

  void clear() override {
    confusion_.clear();
    labels_.clear();
    moments_ = {};
  }
  MetricPtr fresh() const override { return std::make_unique<HitRateMetric>(rate_, options_); }

  std::vector<double> state() const override {
    std::vector<double> state;
    confusion_.append_to(state);
    state.push_back(static_cast<double>(labels_.size()));
    for (const LabelSums& l : labels_) {
      state.insert(state.end(), {l.truth, l.predicted, l.hits});
    }
    moments_.append_to(state);
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, rate_.kind);
    confusion_.restore(reader);
    const std::size_t count = reader.count();
    const auto rows = reader.numbers(count, 3);
    if (count > 0) resize_labels(count);
    for (std::size_t l = 0; l < count; ++l) {
      labels_[l] = {rows[3 * l], rows[3 * l + 1], rows[3 * l + 2]};
    }
    moments_.restore(reader);
    reader.end();
  }

 private:
  bool micro() const { return options_.average == "micro"; }
  double denominator(const LabelSums& sums) const {
    return rate_.truth_share * sums.truth + rate_.predicted_share * sums.predicted;
  }
  double ratio(const LabelSums& sums) const {
    const double under = denominator(sums);
    return under > 0 ? sums.hits / under : 0;
  }

  // The features of an image with labels, for each label (macro) or summed over the labels (micro):
  // whether it is a hit, and what it adds to the denominator.
  bool has_error() const { return micro() || labels_.size() <= SecondMoments::most_values; }
  void resize_labels(std::size_t labels) {
    labels_.resize(labels);
    if (has_error()) moments_.resize(micro() ? 2 : 2 * labels);
  }
  void add_labels(const Batch& batch, std::size_t image) {
    const double w = batch.weight(image);
    const auto truth = batch.target(image);
    const auto output = batch.output(image);
    features_.clear();
    if (micro()) features_ = {{0, 0}, {1, 0}};
    for (std::size_t l = 0; l < labels_.size(); ++l) {
      const bool is = truth[l] > 0.5f, said = output[l] > options_.threshold;
      if (is) labels_[l].truth += w;
      if (said) labels_[l].predicted += w;
      if (is && said) labels_[l].hits += w;
      if (!is && !said) continue;
      const double hit = is && said ? 1 : 0;
      const double counted = (is ? rate_.truth_share : 0) + (said ? rate_.predicted_share : 0);
      if (micro()) {
        features_[0].value += hit;
        features_[1].value += counted;
      } else {
        features_.insert(features_.end(), {{2 * l, hit}, {2 * l + 1, counted}});
      }
    }
    if (has_error()) moments_.add(features_, w);
  }
  // The influence of an image on the score of a label is w (hit - score * counted) / denominator.
  double error_of_labels() const {
    if (!has_error()) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> factors(moments_.features());
    const auto add = [&](std::size_t place, const LabelSums& sums, double share) {
      const double under = denominator(sums);
      if (!(under > 0)) return;
      factors[place] = share / under;
      factors[place + 1] = -share * ratio(sums) / under;
    };
    if (micro()) {
      add(0, total(), 1);
    } else {
      const double share = 1 / static_cast<double>(labels_.size());
      for (std::size_t l = 0; l < labels_.size(); ++l) add(2 * l, labels_[l], share);
    }
    return moments_.standard_error(factors);
  }

  LabelSums total() const {
    LabelSums sum;
    const auto add = [&](const auto& of) {
      sum.truth += of.truth;
      sum.predicted += of.predicted;
      sum.hits += of.hits;
    };
    for (const auto& of_class : confusion_.totals()) add(of_class);
    for (const LabelSums& of_label : labels_) add(of_label);
    return sum;
  }
  // The scores of all labels, or of the classes that occur. With `all`, the other classes have the
  // score `absent`.
  std::vector<double> scores(double absent, bool all = false) const {
    std::vector<double> scores;
    for (const auto& c : confusion_.totals()) {
      if (c.met) {
        scores.push_back(ratio({c.truth, c.predicted, c.hits}));
      } else if (all) {
        scores.push_back(absent);
      }
    }
    for (const LabelSums& label : labels_) scores.push_back(ratio(label));
    return scores;
  }

  HitRate rate_;
  HitRateOptions options_;
  Confusion confusion_;
  std::vector<LabelSums> labels_;
  SecondMoments moments_;  // of images with labels
  std::vector<SecondMoments::Feature> features_;
};

}  // namespace

std::vector<Option> hit_rate_options() {
  std::vector<Option> options = network::options_of<HitRateOptions>();
  options.front().choices = {"macro", "micro"};
  return options;
}

MetricPtr make_hit_rate(const HitRate& rate, const Attributes& options) {
  return std::make_unique<HitRateMetric>(rate, network::read_options<HitRateOptions>(options));
}

}  // namespace ridgeline::metrics
