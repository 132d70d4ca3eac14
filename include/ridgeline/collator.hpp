#pragma once
// From the targets of single images to the tensors of a batch.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/sample.hpp"
#include "ridgeline/targets.hpp"
#include "ridgeline/transform.hpp"

namespace ridgeline {

/// Tensors that own their numbers. One is filled batch after batch, in the same memory.
class TensorBatch {
 public:
  /// Forgets the tensors and keeps their memory.
  void clear() { used_ = 0; }
  /// One more tensor without numbers, with rows of this shape. The caller appends the numbers of
  /// each image in order. The reference is valid until the next `add`.
  std::vector<float>& add_floats(std::string_view name, Shape row = {});
  std::vector<std::int32_t>& add_integers(std::string_view name, Shape row = {});
  std::vector<std::uint8_t>& add_bytes(std::string_view name, Shape row = {});
  /// Makes the tensor added last ragged: image i has rows offsets[i] .. offsets[i + 1] - 1.
  void set_offsets(std::vector<std::int64_t> offsets);
  /// Views that are valid until the batch is filled anew.
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

/// What a kind of target becomes in a batch, and how it follows its image. Stateless; called from
/// several threads at once.
class Collator {
 public:
  virtual ~Collator() = default;
  /// Adds the tensors of these images, as targets.hpp names them. Throws DataError for a target of
  /// another kind, which says `the target of image 3`, counted from 0.
  virtual void collate(std::span<const Target> targets, const TargetSchema& schema,
                       TensorBatch& batch) const = 0;
  /// The target of share * image + (1 - share) * other image. The default throws UsageError: such
  /// targets cannot be mixed.
  virtual Target mix(const Target& own, const Target& other, double share,
                     const TargetSchema& schema) const;
  /// Whether a target changes where its image is flipped, cropped or turned.
  virtual bool follows_image() const { return false; }
  /// Applies to the target what was done to its image. Only called where follows_image().
  virtual void follow(const Transform& transform, Target& target) const;
};

}  // namespace ridgeline
