// The tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter
// optimization", NeurIPS 2011): each key has a density of its values among the best candidates and
// one among the others. Of values that are drawn from the first, the one with the largest ratio of
// both is tried next. Keys are taken as independent, so it works with many of them.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "select/methods/sequential.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection {
namespace {

constexpr double best_share = 0.15;  // of the candidates
constexpr int draws = 24;
constexpr std::size_t most_parts = 100;  // the inverse of the smallest width

/// A density on [0, 1]: a normal density around each value, and a uniform one.
class Parzen {
 public:
  explicit Parzen(std::vector<double> values) : centres_(std::move(values)) {
    std::ranges::sort(centres_);
    const std::size_t parts = std::min(most_parts, 1 + centres_.size());
    const double least_width = 1 / static_cast<double>(parts);
    for (std::size_t i = 0; i < centres_.size(); ++i) {
      const double before = i == 0 ? centres_[i] : centres_[i] - centres_[i - 1];
      const double after =
          i + 1 == centres_.size() ? 1 - centres_[i] : centres_[i + 1] - centres_[i];
      widths_.push_back(std::clamp(std::max(before, after), least_width, 1.0));
    }
  }

  double draw(Random& random) const {
    const auto which = static_cast<std::size_t>(random.below(centres_.size() + 1));
    if (which == centres_.size()) return random.uniform_double();
    // Values outside are drawn again: the normal densities are cut off at 0 and 1.
    for (;;) {
      const double x = centres_[which] + widths_[which] * random.normal();
      if (x >= 0 && x <= 1) return x;
    }
  }

  double density(double x) const {
    double sum = 1;
    for (std::size_t i = 0; i < centres_.size(); ++i) {
      const double z = (x - centres_[i]) / widths_[i];
      const double inside =
          cumulated((1 - centres_[i]) / widths_[i]) - cumulated(-centres_[i] / widths_[i]);
      sum += std::exp(-z * z / 2) / (std::sqrt(2 * std::numbers::pi) * widths_[i] * inside);
    }
    return sum / static_cast<double>(centres_.size() + 1);
  }

 private:
  static double cumulated(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

  std::vector<double> centres_, widths_;
};

class Tpe final : public Sequential {
 public:
  using Sequential::Sequential;

 protected:
  UnitPoint propose(const std::vector<Tried>& tried, int number) const override {
    std::vector<const Tried*> ranked;
    for (const Tried& t : tried) ranked.push_back(&t);
    std::ranges::stable_sort(ranked, {}, &Tried::score);
    const double share = best_share * static_cast<double>(ranked.size());
    const auto good = static_cast<std::size_t>(std::ceil(share));
    Random random(options().seed, Purpose::sample, static_cast<std::uint64_t>(number), 1);
    UnitPoint point;
    for (std::size_t axis = 0; axis < space().dimensions(); ++axis) {
      std::vector<double> best, others;
      for (std::size_t i = 0; i < ranked.size(); ++i) {
        (i < good ? best : others).push_back(ranked[i]->point[axis]);
      }
      const Parzen among_best(std::move(best)), among_others(std::move(others));
      double value = 0, largest = -1;
      for (int i = 0; i < draws; ++i) {
        const double x = among_best.draw(random);
        const double ratio = among_best.density(x) / among_others.density(x);
        if (ratio > largest) {
          largest = ratio;
          value = x;
        }
      }
      point.push_back(value);
    }
    return point;
  }
};

}  // namespace

std::unique_ptr<Method> tpe(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Tpe>(options, task);
}

}  // namespace ridgeline::selection
