#pragma once
// The range of a penalty's strength that a training can tell apart.

#include <string>

#include "select/units.hpp"

namespace ridgeline::selection {

struct RangeFacts {
  TrainingSize size;
  std::string optimizer;  ///< its kind
  double momentum = 0;    ///< of gd and sgd
};

/// Throws UsageError for an automatic range of a key that has none.
void check_automatic(const std::string& key, const Range& range);

/// The range of a key whose Range is automatic; `range` itself if it is not.
///
/// A penalty that is subtracted as lr * strength * w shrinks a weight by 1/e in 1 / (lr * strength)
/// updates. A strength with fewer than 1/1000 of this in a training cannot matter, and one with
/// more than 100 leaves no weights. This is so for l2 and decay under gd and sgd, and for decay
/// under every optimiser. Adaptive optimisers divide a coupled l2 by the size of the gradient. Then
/// neither the learning rate nor the steps count, and the range is 1e-6 to 1e-1: measured on
/// CIFAR-10 and Fashion-MNIST under Adam, smaller values make no difference, and larger ones learn
/// nothing.
///
/// Throws what check_automatic() throws.
Range automatic_range(const std::string& key, const Range& range, const RangeFacts& facts);

}  // namespace ridgeline::selection
