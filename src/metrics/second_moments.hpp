#pragma once
// Standard errors by the delta method from sums alone. The influence of an image on a metric, its
// weight times the derivative of the metric by this weight, is here a sum
//   w (k_1 f_1 + k_2 f_2 + ...)
// of features f of the image, whose factors k are known only when all images are. The sums of
// w^2 f_a f_b over the images then give the sum of the squared influences for any k.

#include <cstddef>
#include <span>
#include <vector>

#include "metrics/state.hpp"

namespace ridgeline::metrics {

class SecondMoments {
 public:
  /// Of more values or labels than these, metrics have no standard error.
  static constexpr std::size_t most_values = 256;

  struct Feature {
    std::size_t index;
    double value;
  };

  /// Of so many features: their products take memory for the square of that.
  void resize(std::size_t features);
  std::size_t features() const { return features_; }
  double images() const { return images_; }

  /// An image of weight w; features that are not named are 0.
  void add(std::span<const Feature> image, double w);
  void merge(const SecondMoments& other);
  /// From now on feature `to` of all images so far has `factor` times their feature `from` on top.
  void add_feature(std::size_t to, std::size_t from, double factor);

  /// sqrt(n / (n - 1) * the sum of the squared influences); 0 for fewer than two images. The
  /// influences must sum to 0.
  double standard_error(std::span<const double> factors) const;

  void append_to(std::vector<double>& state) const;
  /// For the same number of features.
  void restore(StateReader& reader);

 private:
  std::size_t features_ = 0;
  double images_ = 0;
  std::vector<double> products_;  // of w^2 f_a f_b
};

}  // namespace ridgeline::metrics
