#pragma once
// Views of tensors in host memory, for batches, outputs and targets. A view has a name, a shape and
// an element type. It does not own the numbers.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "ridgeline/shape.hpp"

namespace ridgeline {

enum class ElementType { f32, i32, u8 };
/// "f32", "i32", "u8".
std::string_view text(ElementType type);

template <typename T>
constexpr ElementType element_type_of = ElementType::f32;
template <>
inline constexpr ElementType element_type_of<std::int32_t> = ElementType::i32;
template <>
inline constexpr ElementType element_type_of<std::uint8_t> = ElementType::u8;

/// A named tensor of some images. Every image has one row of the shape `row`. In a ragged tensor it
/// has any number of rows, for example one for each box.
class TensorView {
 public:
  TensorView() = default;
  /// One row of shape `row` for each image: {10} for ten probabilities, {} for one number.
  template <typename T>
  TensorView(std::string_view name, std::span<const T> values, Shape row)
      : TensorView(name, element_type_of<T>, values.data(), std::move(row)) {
    images_ = row_size_ == 0 ? 0 : static_cast<std::int64_t>(values.size()) / row_size_;
  }
  /// A ragged tensor: image i has the rows offsets[i] .. offsets[i + 1] - 1. There is one more
  /// offset than images.
  template <typename T>
  TensorView(std::string_view name, std::span<const T> values, Shape row,
             std::span<const std::int64_t> offsets)
      : TensorView(name, element_type_of<T>, values.data(), std::move(row)) {
    offsets_ = offsets;
    images_ = offsets.empty() ? 0 : static_cast<std::int64_t>(offsets.size()) - 1;
  }

  std::string_view name() const { return name_; }
  ElementType type() const { return type_; }
  const Shape& row() const { return row_; }            ///< the shape of one row
  std::int64_t row_size() const { return row_size_; }  ///< numbers in one row
  std::int64_t images() const { return images_; }
  bool ragged() const { return !offsets_.empty(); }
  std::int64_t rows() const;                    ///< of all images
  std::int64_t rows(std::int64_t image) const;  ///< of one image
  /// {rows of all images, dimensions of a row ...}.
  Shape shape() const { return row_.with_batch(rows()); }

  /// All numbers. T must be the element type (asserted).
  template <typename T>
  std::span<const T> values() const {
    return {static_cast<const T*>(start<T>()), static_cast<std::size_t>(rows() * row_size_)};
  }
  /// The numbers of one image.
  template <typename T>
  std::span<const T> values(std::int64_t image) const {
    return slice(image, 1).values<T>();
  }

  /// Images first .. first + count - 1, in the same memory.
  TensorView slice(std::int64_t first, std::int64_t count) const;

 private:
  TensorView(std::string_view name, ElementType type, const void* data, Shape row)
      : name_(name), type_(type), data_(data), row_(std::move(row)), row_size_(row_.elements()) {}
  void check(ElementType wanted) const;
  std::int64_t first_row() const { return offsets_.empty() ? first_ : offsets_.front(); }
  template <typename T>
  const T* start() const {
    check(element_type_of<T>);
    return static_cast<const T*>(data_) + first_row() * row_size_;
  }

  std::string_view name_;
  ElementType type_ = ElementType::f32;
  const void* data_ = nullptr;
  Shape row_;
  std::int64_t row_size_ = 1;
  std::int64_t images_ = 0;
  std::int64_t first_ = 0;                 // the first row, of a tensor that is not ragged
  std::span<const std::int64_t> offsets_;  // of a ragged one
};

/// Tensors of the same images, by name: the outputs of a network, or the targets of a batch.
class Tensors {
 public:
  Tensors() = default;
  Tensors(std::initializer_list<TensorView> tensors) : tensors_(tensors) {}

  void add(TensorView tensor) { tensors_.push_back(std::move(tensor)); }
  bool empty() const { return tensors_.empty(); }
  std::size_t size() const { return tensors_.size(); }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }
  const TensorView& operator[](std::size_t i) const { return tensors_.at(i); }
  /// The tensor of that name, or null.
  const TensorView* find(std::string_view name) const;
  /// The tensor of that name. Throws UsageError, with all names, if there is none.
  const TensorView& at(std::string_view name) const;
  std::int64_t images() const { return tensors_.empty() ? 0 : tensors_.front().images(); }
  Tensors slice(std::int64_t first, std::int64_t count) const;

 private:
  std::vector<TensorView> tensors_;
};

}  // namespace ridgeline
