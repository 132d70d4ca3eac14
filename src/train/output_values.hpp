#pragma once
// Memory for the values of a network's outputs for a batch.

#include <cstdint>
#include <vector>

#include "engine/engine.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline::train {

class OutputValues {
 public:
  explicit OutputValues(const Layout& layout)
      : specs_(layout.network_outputs), values_(specs_.size()) {}

  /// Buffers for so many images. Allocates more memory if needed.
  engine::OutputBuffers buffers(std::int64_t images) {
    std::vector<std::span<float>> all;
    for (std::size_t o = 0; o < specs_.size(); ++o) {
      const auto size = static_cast<std::size_t>(images * specs_[o].shape.elements());
      if (values_[o].size() < size) values_[o].resize(size);
      all.push_back(std::span(values_[o]).first(size));
    }
    return engine::OutputBuffers(std::move(all));
  }
  /// The values of so many images, by the names of the outputs.
  Tensors view(std::int64_t images) const {
    Tensors all;
    for (std::size_t o = 0; o < specs_.size(); ++o) {
      const auto size = static_cast<std::size_t>(images * specs_[o].shape.elements());
      all.add(TensorView(specs_[o].name, std::span(values_[o]).first(size), specs_[o].shape));
    }
    return all;
  }

 private:
  std::vector<OutputSpec> specs_;
  std::vector<std::vector<float>> values_;
};

}  // namespace ridgeline::train
