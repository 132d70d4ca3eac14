#pragma once
// A smooth model of the score over one number, such as λ. It learns from trainings on all images
// and on shares of them, and says where the score of a training on all images is lowest, and how
// sure that is.
//
// The score of a training on the share s of a fold is, after a monotonic transformation that keeps
// differences near the minimum and compresses large ones,
//
//   level(fold, s) + s^b · (g(x + a·log10 s) + d_s(x)) + noise
//
// g is a Gaussian process with a Matérn-5/2 kernel and a quadratic trend (Rasmussen and Williams,
// Gaussian Processes for Machine Learning, 2006). The exponent a says how the best number moves
// with the number of images: the best λ is proportional to (images)^-a. d_s, a process of its own
// for each share below 1, is what else differs between shares. The exponents, length scale,
// amplitudes and the noise are not fitted: the results are means over all their values on a grid,
// weighted by how well they explain the scores.

#include <cstdint>
#include <vector>

namespace ridgeline::selection {

struct CurvePoint {
  double x = 0;      ///< on the scale of the key: log10 of λ
  double share = 1;  ///< of the images
  int fold = 1;
  double score = 0;  ///< lower is better
  double error = 0;  ///< its standard error over the validation images; 0 or NaN: not known
};

struct CurveOptions {
  double low = -6, high = -1;  ///< the range of x
  std::uint64_t seed = 1;      ///< of the functions that are drawn
};

struct MeanAndDeviation {
  double mean = 0, deviation = 0;
};

/// What the model says of a training on all images.
class CurveModel {
 public:
  /// `points`: at least one, with finite scores.
  CurveModel(const std::vector<CurvePoint>& points, const CurveOptions& options);

  /// Evenly spaced from low to high.
  const std::vector<double>& x() const { return x_; }
  /// The index of the x nearest to a value.
  std::size_t index(double x) const;
  /// The index of the lowest mean score.
  std::size_t best() const { return best_; }
  /// How much higher the score is at an index than at the minimum of the curve, wherever that is.
  /// Its mean is the expected regret.
  const MeanAndDeviation& regret(std::size_t i) const { return regret_[i]; }
  /// How much higher the score is at an index than at best().
  const MeanAndDeviation& above_best(std::size_t i) const { return above_best_[i]; }
  /// Quantiles of the place of the minimum.
  double minimum(double probability) const;
  /// The exponent a. Without shares below 1 it is the prior's.
  const MeanAndDeviation& exponent() const { return exponent_; }

 private:
  std::vector<double> x_;
  std::size_t best_ = 0;
  std::vector<MeanAndDeviation> regret_, above_best_;
  std::vector<double> minima_;  // of the drawn functions, sorted
  MeanAndDeviation exponent_;
};

}  // namespace ridgeline::selection
