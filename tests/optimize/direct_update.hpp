#pragma once
// Calls an optimiser's `step` for whole tensors, or for all of them together, as its scope asks, in
// the simplest possible update: coupled penalty, step, decoupled decay.

#include <algorithm>
#include <vector>

#include "optimize/tensors.hpp"
#include "ridgeline/optimizers.hpp"
#include "ridgeline/regularize.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::optimize {

class DirectUpdate {
 public:
  DirectUpdate(OptimizerSetting setting, std::vector<Penalty> penalties, TensorsOf tensors)
      : setting_(std::move(setting)),
        penalties_(std::move(penalties)),
        tensors_(std::move(tensors)) {
    std::size_t total = 0;
    for (const auto& tensor : tensors_.start) {
      offsets_.push_back(total);
      total += (tensor.size() + 15) / 16 * 16;
    }
    offsets_.push_back(total);
    for (Buffer<float>* buffer : {&weights_, &gradient_, &step_}) *buffer = Buffer<float>(total);
    for (int s = 0; s < setting_.optimizer->slots(); ++s) slots_.emplace_back(total);
    for (std::size_t p = 0; p < tensors_.start.size(); ++p) {
      std::copy(tensors_.start[p].begin(), tensors_.start[p].end(), weights_.data() + offsets_[p]);
    }
  }

  void step(const Tensors& gradients) {
    ++t_;
    for (std::size_t p = 0; p < gradients.size(); ++p) {
      for (std::size_t i = 0; i < gradients[p].size(); ++i) {
        const std::size_t at = offsets_[p] + i;
        gradient_[at] = static_cast<float>(gradients[p][i] + penalties_[p].l2 * weights_[at]);
      }
    }
    if (setting_.optimizer->scope() == Scope::model) {
      StepInfo info{.learning_rate = rate(), .step = t_};
      info.columns = static_cast<std::int64_t>(weights_.size());
      take(info, 0, weights_.size());
    } else {
      for (std::size_t p = 0; p < gradients.size(); ++p) {
        const Shape& shape = tensors_.shapes[p];
        StepInfo info{.learning_rate = rate(), .step = t_};
        info.role = role_of(shape);
        info.rows = info.role == Role::kernel ? shape[0] : 1;
        info.columns = shape.elements() / info.rows;
        take(info, offsets_[p], offsets_[p + 1] - offsets_[p]);
      }
    }
    for (std::size_t p = 0; p < gradients.size(); ++p) {
      const auto keep = static_cast<float>(1 - rate() * penalties_[p].decay);
      for (std::size_t i = offsets_[p]; i < offsets_[p + 1]; ++i) {
        weights_[i] = keep * weights_[i] - step_[i];
      }
    }
  }

  std::span<const float> weights(std::size_t p) const {
    return {weights_.data() + offsets_[p], tensors_.start[p].size()};
  }

 private:
  double rate() const { return setting_.learning_rate.value; }

  void take(StepInfo info, std::size_t first, std::size_t count) {
    info.weights = weights_.data() + first;
    std::vector<float*> slots;
    for (auto& slot : slots_) slots.push_back(slot.data() + first);
    setting_.optimizer->step(info, count, gradient_.data() + first, slots.data(),
                             step_.data() + first, nullptr);
  }

  OptimizerSetting setting_;
  std::vector<Penalty> penalties_;
  TensorsOf tensors_;
  std::vector<std::size_t> offsets_;
  Buffer<float> weights_, gradient_, step_;
  std::vector<Buffer<float>> slots_;
  std::int64_t t_ = 0;
};

}  // namespace ridgeline::optimize
