#pragma once
// A mean over images with its standard error, and the metrics that are such a mean.

#include <array>
#include <vector>

#include "metrics/batch.hpp"
#include "ridgeline/metric.hpp"

namespace ridgeline::metrics {

/// sum(w s) / sum(w). Its standard error is that of a ratio, computed from sums:
///   sqrt(n / (n - 1) * sum(w^2 (s - mean)^2)) / sum(w)
/// where n counts the images whose weight is not 0.
/// For s of 0 and 1 and w of 1 this is the binomial sqrt(p (1 - p) / (n - 1)).
class WeightedMean {
 public:
  void add(double s, double w) {
    if (w == 0) return;
    sums_[0] += 1;
    sums_[1] += w;
    sums_[2] += w * s;
    sums_[3] += w * w;
    sums_[4] += w * w * s;
    sums_[5] += w * s * (w * s);
  }
  void merge(const WeightedMean& other) {
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += other.sums_[i];
  }
  double value() const { return sums_[1] > 0 ? sums_[2] / sums_[1] : 0; }
  double standard_error() const;

  static constexpr std::size_t size = 6;
  const std::array<double, size>& sums() const { return sums_; }
  void restore(const std::array<double, size>& sums) { sums_ = sums; }

 private:
  std::array<double, size> sums_{};  // of 1, w, w s, w^2, w^2 s, w^2 s^2
};

/// A metric that is the mean of one number for each image.
class MeanMetric : public Metric {
 public:
  void add(const Tensors& outputs, const Tensors& targets) override;
  void merge(const Metric& other) override;
  double value() const override { return mean_.value(); }
  double standard_error() const override { return mean_.standard_error(); }
  void clear() override { mean_ = {}; }
  std::vector<double> state() const override;
  void restore(std::span<const double> state) override;

 protected:
  virtual double of_image(const Batch& batch, std::size_t image) const = 0;

 private:
  WeightedMean mean_;
};

}  // namespace ridgeline::metrics
