#include "metrics/hit_rate.hpp"

#include <algorithm>
#include <limits>

#include "metrics/confusion.hpp"

namespace ridgeline::metrics {
namespace {

// Weights of the images that have a label, that are given it, and both.
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
    return {class_tensor, probabilities_tensor, labels_tensor};
  }
  bool needs_probabilities(std::string_view target) const override {
    return target == labels_tensor;
  }
  bool quick() const override { return false; }

  void add(const Tensors& outputs, const Tensors& targets) override {
    const Batch batch(outputs, targets, *this);
    if (!batch.multi_label()) return confusion_.add(batch);
    labels_.resize(batch.width());
    for (std::size_t i = 0; i < batch.images(); ++i) add_labels(batch, i);
  }
  void merge(const Metric& other) override {
    const auto& from = dynamic_cast<const HitRateMetric&>(other);
    confusion_.merge(from.confusion_);
    if (labels_.empty()) labels_.resize(from.labels_.size());
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
  }
  MetricPtr fresh() const override { return std::make_unique<HitRateMetric>(rate_, options_); }

  std::vector<double> state() const override {
    std::vector<double> state;
    confusion_.append_to(state);
    state.push_back(static_cast<double>(labels_.size()));
    for (const LabelSums& l : labels_) {
      state.insert(state.end(), {l.truth, l.predicted, l.hits});
    }
    return state;
  }
  void restore(std::span<const double> state) override {
    clear();
    StateReader reader(state, rate_.kind);
    confusion_.restore(reader);
    const std::size_t count = reader.count();
    for (auto rows = reader.numbers(count, 3); !rows.empty(); rows = rows.subspan(3)) {
      labels_.push_back({rows[0], rows[1], rows[2]});
    }
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

  void add_labels(const Batch& batch, std::size_t image) {
    const double w = batch.weight(image);
    const auto truth = batch.target(image);
    const auto output = batch.output(image);
    for (std::size_t l = 0; l < labels_.size(); ++l) {
      const bool is = truth[l] > 0.5f, said = output[l] > options_.threshold;
      if (is) labels_[l].truth += w;
      if (said) labels_[l].predicted += w;
      if (is && said) labels_[l].hits += w;
    }
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
  // Of every label; of the classes that are met, and `absent` for the others where `all`.
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
};

}  // namespace

MetricPtr make_hit_rate(const HitRate& rate, const Attributes& attributes) {
  const auto options = options_from<HitRateOptions>(rate.kind, attributes);
  require(options.average == "macro" || options.average == "micro",
          "{}: average must be macro or micro, not '{}'", rate.kind, options.average);
  require(options.threshold > 0 && options.threshold < 1,
          "{}: threshold must be above 0 and below 1, not {}", rate.kind, options.threshold);
  return std::make_unique<HitRateMetric>(rate, options);
}

}  // namespace ridgeline::metrics
