#pragma once
// Layers of an application's own, which compute themselves. An own layer works on plain numbers of
// single precision, one image after the other, each in the order of its shape.
//
//   register_layer({.name = "double",
//                   .meaning = "the input times a number",
//                   .options = {{"by", "the number", 2.0}}},
//                  [](const Attributes& options) { return std::make_shared<Double>(options); });
//   make_layer("double", {{"by", 3.0}});   // in a file: { double = { by = 3 } }

#include <functional>

#include "ridgeline/layer.hpp"
#include "ridgeline/option.hpp"

namespace ridgeline {

/// All functions may be called from several threads at once, for different images.
class OwnLayer : public LayerSpec {
 public:
  struct Forward {
    std::int64_t images;
    std::span<const Shape> shapes;             ///< of each input, for one image
    std::span<const float* const> inputs;      ///< images x its shape
    std::span<const float* const> parameters;  ///< in the order of parameters()
    float* output;                             ///< to be written
  };
  virtual void forward(const Forward& call) const = 0;

  struct Backward {
    std::int64_t images;
    std::span<const Shape> shapes;
    std::span<const float*const> inputs, parameters;  ///< as in forward
    const float* output_gradient;
    std::span<float* const> input_gradients;      ///< to be written; null if it is not needed
    std::span<float* const> parameter_gradients;  ///< to be written: sums over the images
  };
  virtual void backward(const Backward& call) const = 0;
};

/// Makes a kind of layer known to make_layer, and so to the experiment and the model file. The
/// factory is given all options of the kind, checked; attributes() of the layer are to be the same.
/// Throws UsageError for a kind that is known already. Thread-safe.
using OwnLayerFactory = std::function<std::shared_ptr<const OwnLayer>(const Attributes& options)>;
void register_layer(Kind kind, OwnLayerFactory factory);

}  // namespace ridgeline
