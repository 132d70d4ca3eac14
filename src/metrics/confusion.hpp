#pragma once
// Which classes are taken for which: what precision, recall and their like are computed from.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "metrics/batch.hpp"
#include "metrics/state.hpp"

namespace ridgeline::metrics {

class Confusion {
 public:
  /// The prediction of an image whose output has a NaN.
  static constexpr std::int32_t nothing = -1;

  /// Sums over the images of one class.
  struct Totals {
    double truth = 0, predicted = 0, hits = 0;  ///< weights
    bool is_truth = false, met = false;         ///< as a truth; as a truth or a prediction
  };

  void add(const Batch& batch);
  void merge(const Confusion& other);
  void clear() { *this = {}; }

  std::size_t classes() const { return classes_; }
  bool empty() const { return cells_.empty(); }
  double images() const;
  double weight() const;
  std::vector<Totals> totals() const;
  /// confusion[truth][prediction] in images, without those that have no prediction. Empty above
  /// 4096 classes.
  std::vector<std::vector<std::int64_t>> matrix() const;
  /// The standard error of a number that depends on the weights of the cells: `influence` is its
  /// derivative by the weight of the cell (truth, prediction). The derivatives times the weights
  /// must sum to 0, as they do where only shares of weights matter.
  double standard_error(
      const std::function<double(std::int32_t truth, std::int32_t predicted)>& influence) const;

  void append_to(std::vector<double>& state) const;
  void restore(StateReader& reader);

 private:
  struct Cell {
    double images = 0, weight = 0, square = 0;  // the sum of squared weights
  };
  // Only what was met, so that many classes take no memory.
  std::map<std::pair<std::int32_t, std::int32_t>, Cell> cells_;
  std::size_t classes_ = 0;
};

}  // namespace ridgeline::metrics
