#pragma once
// A smooth model of scores over points of the unit cube: a Gaussian process with a Matérn-5/2
// kernel and a length scale for each axis (Rasmussen and Williams, Gaussian Processes for Machine
// Learning, 2006). The length scales, the amplitude and the noise are the most probable ones of a
// grid.

#include <vector>

#include "select/surrogate/cholesky.hpp"

namespace ridgeline::selection {

struct Observation {
  std::vector<double> point;
  double score = 0;
  double error = 0;  ///< the known part of its noise; 0: not known
};

struct Prediction {
  double mean = 0, deviation = 0;
};

class GaussianProcess {
 public:
  /// `observations`: at least one, with finite scores. Large scores are compressed by a logarithm,
  /// so that a few bad candidates do not hide the shape of the minimum.
  explicit GaussianProcess(std::vector<Observation> observations);

  /// Of the compressed score, without noise.
  Prediction at(const std::vector<double>& point) const;
  /// The lowest mean at any observed point.
  double lowest() const { return lowest_; }
  /// How much lower than lowest() the score at a point is expected to be, counting a higher one as
  /// 0 (Jones, Schonlau and Welch, 1998).
  double expected_improvement(const std::vector<double>& point) const;
  /// A difference of compressed scores near the minimum, in units of the score.
  double uncompressed(double difference) const;

 private:
  struct Setting {
    std::vector<double> lengths;  // of each axis
    double amplitude = 1, noise = 0.1;
  };
  struct Fit {
    Matrix factor{0};
    std::vector<double> solved;
    double log_probability = 0;
  };

  void compress();
  double kernel(const Setting& setting, const std::vector<double>& a,
                const std::vector<double>& b) const;
  Fit fit(const Setting& setting) const;

  std::vector<Observation> observations_;
  double scale_ = 1, mean_ = 0, lowest_ = 0;
  Setting setting_;
  Fit fit_;
};

}  // namespace ridgeline::selection
