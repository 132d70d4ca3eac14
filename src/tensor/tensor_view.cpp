#include "ridgeline/tensor_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>

#include "ridgeline/error.hpp"

namespace ridgeline {

std::string_view text(ElementType type) {
  switch (type) {
    case ElementType::f32:
      return "f32";
    case ElementType::i32:
      return "i32";
    case ElementType::u8:
      return "u8";
  }
  return "";
}

void TensorView::check([[maybe_unused]] ElementType wanted) const {
  assert(wanted == type_ && "the tensor has another element type");
}

std::int64_t TensorView::rows() const {
  return ragged() ? offsets_.back() - offsets_.front() : images_;
}

std::int64_t TensorView::rows(std::int64_t image) const {
  if (!ragged()) return 1;
  const auto i = static_cast<std::size_t>(image);
  return offsets_[i + 1] - offsets_[i];
}

TensorView TensorView::slice(std::int64_t first, std::int64_t count) const {
  assert(first >= 0 && count >= 0 && first + count <= images_);
  TensorView part = *this;
  part.images_ = count;
  if (ragged()) {
    part.offsets_ =
        offsets_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count) + 1);
  } else {
    part.first_ += first;
  }
  return part;
}

const TensorView* Tensors::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &TensorView::name);
  return found == tensors_.end() ? nullptr : &*found;
}

const TensorView& Tensors::at(std::string_view name) const {
  if (const TensorView* found = find(name)) return *found;
  std::vector<std::string_view> names;
  for (const TensorView& tensor : tensors_) names.push_back(tensor.name());
  throw UsageError(fmt::format("there is no tensor '{}', only {}", name, fmt::join(names, ", ")));
}

Tensors Tensors::slice(std::int64_t first, std::int64_t count) const {
  Tensors part;
  part.tensors_.reserve(tensors_.size());
  for (const TensorView& tensor : tensors_) part.add(tensor.slice(first, count));
  return part;
}

}  // namespace ridgeline
