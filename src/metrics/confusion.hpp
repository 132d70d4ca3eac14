#pragma once
// How often each class is predicted as which class. Precision, recall and similar metrics need it.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
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
    bool is_truth = false, met = false;         ///< occurs as a truth; as a truth or a prediction
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
  /// must sum to 0. They do if the number depends only on shares of weights.
  double standard_error(
      const std::function<double(std::int32_t truth, std::int32_t predicted)>& influence) const;

  void append_to(std::vector<double>& state) const;
  void restore(StateReader& reader);

 private:
  struct Cell {
    double images = 0, weight = 0, square = 0;  // `square`: the sum of squared weights
  };
  // Only cells that occurred, so that many classes need little memory.
  std::map<std::pair<std::int32_t, std::int32_t>, Cell> cells_;
  std::size_t classes_ = 0;
};

/// A metric that is computed from the confusion of classes alone.
class ConfusionMetric : public Metric {
 public:
  std::vector<std::string_view> measures() const final {
    return {class_tensor, probabilities_tensor};
  }
  bool quick() const final { return false; }
  void add(const Tensors& outputs, const Tensors& targets) final {
    confusion_.add(Batch(outputs, targets, *this));
  }
  void merge(const Metric& other) final {
    confusion_.merge(dynamic_cast<const ConfusionMetric&>(other).confusion_);
  }
  void clear() final { confusion_.clear(); }
  std::vector<double> state() const final {
    std::vector<double> state;
    confusion_.append_to(state);
    return state;
  }
  void restore(std::span<const double> state) final {
    const std::string owner = name();
    StateReader reader(state, owner);
    confusion_.restore(reader);
    reader.end();
  }

 protected:
  const Confusion& confusion() const { return confusion_; }

 private:
  Confusion confusion_;
};

}  // namespace ridgeline::metrics
