#pragma once
// Batches of outputs and targets for tests of metrics.

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeline/metric.hpp"

namespace ridgeline {

/// Images in memory, with the tensors that metrics read.
struct Images {
  std::int64_t width = 1;
  std::vector<float> outputs;  // images x width
  std::string target;          // its name
  std::vector<std::int32_t> classes;
  std::vector<float> rows, weights;

  std::int64_t size() const { return static_cast<std::int64_t>(outputs.size()) / width; }
  Tensors output_tensors() const {
    return {TensorView("scores", std::span(outputs), Shape{width})};
  }
  Tensors target_tensors() const {
    Tensors targets;
    if (target == class_tensor) {
      targets.add({target, std::span(classes), Shape{}});
    } else {
      targets.add({target, std::span(rows), Shape{width}});
    }
    if (!weights.empty()) targets.add({weight_tensor, std::span(weights), Shape{}});
    return targets;
  }
};

inline void add(Metric& metric, const Images& images, std::int64_t first, std::int64_t count) {
  metric.add(images.output_tensors().slice(first, count),
             images.target_tensors().slice(first, count));
}
inline void add(Metric& metric, const Images& images) {
  add(metric, images, 0, images.size());
}

inline Images of_classes(std::int64_t width, std::vector<float> outputs,
                         std::vector<std::int32_t> classes) {
  return {width, std::move(outputs), std::string(class_tensor), std::move(classes), {}, {}};
}

}  // namespace ridgeline
