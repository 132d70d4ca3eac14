#pragma once
// Standard errors by the delta method, computed from sums. The influence of an image on a metric is
// its weight times the derivative of the metric by this weight. Here it is a sum
//   w (k_1 f_1 + k_2 f_2 + ...)
// of features f of the image. The factors k are known only after all images. The sums of
// w^2 f_a f_b over the images then give the sum of the squared influences for any k.

#include <cstddef>
#include <span>
#include <vector>

#include "metrics/state.hpp"

namespace ridgeline::metrics {

class SecondMoments {
 public:
  /// Metrics of more values or labels have no standard error.
  static constexpr std::size_t most_values = 256;

  struct Feature {
    std::size_t index;
    double value;
  };

  /// Sets the number of features. The memory grows with its square.
  void resize(std::size_t features);
  std::size_t features() const { return features_; }
  double images() const { return images_; }

  /// Adds an image of weight w. Features that are not given are 0.
  void add(std::span<const Feature> image, double w);
  void merge(const SecondMoments& other);
  /// Adds `factor` times the feature `from` to the feature `to` of all images so far.
  void add_feature(std::size_t to, std::size_t from, double factor);

  /// sqrt(n / (n - 1) * the sum of the squared influences); 0 for fewer than two images. The
  /// influences must sum to 0.
  double standard_error(std::span<const double> factors) const;

  void append_to(std::vector<double>& state) const;
  /// Call resize() with the same number of features first.
  void restore(StateReader& reader);

 private:
  std::size_t features_ = 0;
  double images_ = 0;
  std::vector<double> products_;  // of w^2 f_a f_b
};

}  // namespace ridgeline::metrics
