#pragma once
// Combines the targets of single images into the tensors of a batch.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/sample.hpp"
#include "ridgeline/targets.hpp"
#include "ridgeline/transform.hpp"

namespace ridgeline {

/// Tensors that own their numbers. The same memory is filled again for each batch.
class TensorBatch {
 public:
  /// Removes the tensors but keeps their memory.
  void clear() { used_ = 0; }
  /// Adds an empty tensor with rows of this shape. The caller appends the numbers of each image in
  /// order. The reference is valid until the next call of an add function.
  std::vector<float>& add_floats(std::string_view name, Shape row = {});
  std::vector<std::int32_t>& add_integers(std::string_view name, Shape row = {});
  std::vector<std::uint8_t>& add_bytes(std::string_view name, Shape row = {});
  /// Makes the tensor added last ragged: image i has rows offsets[i] .. offsets[i + 1] - 1.
  void set_offsets(std::vector<std::int64_t> offsets);
  /// Views of the tensors. They are valid until the batch is filled again.
  Tensors view() const;

 private:
  struct Tensor {
    std::string name;
    Shape row;
    ElementType type = ElementType::f32;
    std::vector<float> floats;
    std::vector<std::int32_t> integers;
    std::vector<std::uint8_t> bytes;
    std::vector<std::int64_t> offsets;
  };
  Tensor& add(std::string_view name, Shape row, ElementType type);
  std::vector<Tensor> tensors_;
  std::size_t used_ = 0;
};

/// Says how targets of one kind become the tensors of a batch, and how a target changes with its
/// image. It has no state: several threads call it at once.
class Collator {
 public:
  virtual ~Collator() = default;
  /// Adds the tensors of these images under the names in targets.hpp. Throws DataError for a target
  /// of another kind; the message says `the target of image 3`, counted from 0.
  virtual void collate(std::span<const Target> targets, const TargetSchema& schema,
                       TensorBatch& batch) const = 0;
  /// The target of the mixed image: share * own image + (1 - share) * other image. The default
  /// throws UsageError, because most targets cannot be mixed.
  virtual Target mix(const Target& own, const Target& other, double share,
                     const TargetSchema& schema) const;
  /// Whether a target changes when its image is flipped, cropped or rotated.
  virtual bool follows_image() const { return false; }
  /// Applies to the target the transformation of its image. Called only if follows_image().
  virtual void follow(const Transform& transform, Target& target) const;
};

}  // namespace ridgeline
