#pragma once
// A follower of a training: it sees every step, may change the penalties between two steps, and is
// saved in the checkpoint. A training without one pays nothing.

#include "engine/engine.hpp"

namespace ridgeline::interop {
class Safetensors;
class SafetensorsWriter;
}  // namespace ridgeline::interop

namespace ridgeline::train {

class Follower {
 public:
  virtual ~Follower() = default;
  /// The engine has the gradient of the step, and the state has the weights before it.
  virtual void before_update(const engine::UpdateRule&) {}
  /// May compute gradients of its own, and may call ModelCore::set_regularize.
  virtual void after_update() {}
  virtual void save(interop::SafetensorsWriter&) const {}
  /// Throws DataError if the file does not have what save() wrote.
  virtual void load(const interop::Safetensors&) {}
};

}  // namespace ridgeline::train
