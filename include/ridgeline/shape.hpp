#pragma once
// Shapes of tensors, outermost dimension first. Images are {channels, height, width}; a batch
// of them is {images, channels, height, width} (NCHW).

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace ridgeline {

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}

  std::size_t rank() const { return dims_.size(); }
  std::int64_t operator[](std::size_t axis) const { return dims_.at(axis); }
  const std::vector<std::int64_t>& dims() const { return dims_; }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }

  /// The product of all dimensions; 1 for a scalar's empty shape.
  std::int64_t elements() const;
  /// "3x32x32"; "scalar" for the empty shape.
  std::string text() const;
  /// This shape with one more dimension in front.
  Shape with_batch(std::int64_t images) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> dims_;
};

}  // namespace ridgeline
