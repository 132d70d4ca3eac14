#include "metrics/second_moments.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::metrics {

void SecondMoments::resize(std::size_t features) {
  if (features == features_) return;
  features_ = features;
  products_.assign(features * features, 0);
}

void SecondMoments::add(std::span<const Feature> image, double w) {
  images_ += 1;
  for (const Feature& a : image) {
    double* row = products_.data() + a.index * features_;
    for (const Feature& b : image) row[b.index] += w * a.value * (w * b.value);
  }
}

void SecondMoments::merge(const SecondMoments& other) {
  images_ += other.images_;
  for (std::size_t i = 0; i < other.products_.size(); ++i) products_[i] += other.products_[i];
}

void SecondMoments::add_feature(std::size_t to, std::size_t from, double factor) {
  for (std::size_t b = 0; b < features_; ++b) {
    products_[to * features_ + b] += factor * products_[from * features_ + b];
  }
  for (std::size_t a = 0; a < features_; ++a) {
    products_[a * features_ + to] += factor * products_[a * features_ + from];
  }
}

double SecondMoments::standard_error(std::span<const double> factors) const {
  if (images_ < 2) return 0;
  double sum = 0;
  for (std::size_t a = 0; a < features_; ++a) {
    for (std::size_t b = 0; b < features_; ++b) {
      sum += factors[a] * factors[b] * products_[a * features_ + b];
    }
  }
  return std::sqrt(std::max(sum, 0.0) * images_ / (images_ - 1));
}

void SecondMoments::append_to(std::vector<double>& state) const {
  state.push_back(images_);
  state.insert(state.end(), products_.begin(), products_.end());
}

void SecondMoments::restore(StateReader& reader) {
  images_ = reader.number();
  std::ranges::copy(reader.numbers(products_.size()), products_.begin());
}

}  // namespace ridgeline::metrics
