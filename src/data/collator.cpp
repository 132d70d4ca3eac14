#include "ridgeline/collator.hpp"

#include "ridgeline/error.hpp"

namespace ridgeline {

TensorBatch::Tensor& TensorBatch::add(std::string_view name, Shape row, ElementType type) {
  if (used_ == tensors_.size()) tensors_.emplace_back();
  Tensor& tensor = tensors_[used_++];
  tensor.name = name;
  tensor.row = std::move(row);
  tensor.type = type;
  tensor.floats.clear();
  tensor.integers.clear();
  tensor.bytes.clear();
  tensor.offsets.clear();
  return tensor;
}

std::vector<float>& TensorBatch::add_floats(std::string_view name, Shape row) {
  return add(name, std::move(row), ElementType::f32).floats;
}
std::vector<std::int32_t>& TensorBatch::add_integers(std::string_view name, Shape row) {
  return add(name, std::move(row), ElementType::i32).integers;
}
std::vector<std::uint8_t>& TensorBatch::add_bytes(std::string_view name, Shape row) {
  return add(name, std::move(row), ElementType::u8).bytes;
}

void TensorBatch::set_offsets(std::vector<std::int64_t> offsets) {
  tensors_[used_ - 1].offsets = std::move(offsets);
}

Tensors TensorBatch::view() const {
  Tensors views;
  for (std::size_t i = 0; i < used_; ++i) {
    const Tensor& tensor = tensors_[i];
    const auto add = [&](const auto& numbers) {
      using T = typename std::decay_t<decltype(numbers)>::value_type;
      const std::span<const T> all(numbers);
      views.add(tensor.offsets.empty() ? TensorView(tensor.name, all, tensor.row)
                                       : TensorView(tensor.name, all, tensor.row, tensor.offsets));
    };
    switch (tensor.type) {
      case ElementType::f32:
        add(tensor.floats);
        break;
      case ElementType::i32:
        add(tensor.integers);
        break;
      case ElementType::u8:
        add(tensor.bytes);
        break;
    }
  }
  return views;
}

Target Collator::mix(const Target&, const Target&, double, const TargetSchema& schema) const {
  throw UsageError("data.augment mixes images, but the targets of the task \"" + schema.task +
                   "\" cannot be mixed: leave mixup and cutmix out");
}

void Collator::follow(const Transform&, Target&) const {}

}  // namespace ridgeline
