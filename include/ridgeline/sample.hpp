#pragma once
// Samples: images of any size with their targets.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline {

/// Boxes around the objects of an image. Edges are real numbers in pixels; pixel (0, 0) covers [0,
/// 1) x [0, 1).
struct Boxes {
  struct Box {
    float left = 0, top = 0, right = 0, bottom = 0;
    std::int32_t label = 0;  ///< an index into the class names
    bool crowd = false;      ///< a group of objects, which is neither a hit nor a miss (COCO)
    friend bool operator==(const Box&, const Box&) = default;
  };
  std::vector<Box> boxes;
  friend bool operator==(const Boxes&, const Boxes&) = default;
};

/// A class for each pixel: an image with one channel and the size of the photograph. Pixels of 255
/// are ignored.
struct Mask {
  static constexpr std::uint8_t ignored = 255;
  Image labels;
  friend bool operator==(const Mask&, const Mask&) = default;
};

/// The target of an image: unknown, a class (an index into the schema's names), values (one for
/// each name: labels as 0 and 1, soft labels, or numbers), boxes, or a mask.
using Target = std::variant<std::monostate, std::int32_t, std::vector<float>, Boxes, Mask>;

/// The meaning of the targets of a set of samples: the task and the names of classes, labels or
/// values.
struct TargetSchema {
  /// "classify", "multi-label", "regress", or a registered task. Empty: no targets.
  std::string task;
  std::vector<std::string> names;
  friend bool operator==(const TargetSchema&, const TargetSchema&) = default;
};

/// A source of samples: a file format, a folder, or an application's own. Several threads may call
/// its functions at once.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual std::size_t size() const = 0;
  /// The meaning of the targets. The default has none.
  virtual const TargetSchema& schema() const;
  /// The target of a sample, read when it is needed. Throws DataError.
  virtual Target target(std::size_t index) const;
  /// Whether samples have weights. Otherwise each has the weight 1.
  virtual bool weighted() const { return false; }
  /// The sample's weight in the loss, at least 0.
  virtual double weight(std::size_t index) const;
  /// Whether samples belong to groups.
  virtual bool grouped() const { return false; }
  /// The group of a sample, at least 0. Samples of the same group are always on the same side of a
  /// split. -1: the sample is a group of its own.
  virtual std::int64_t group(std::size_t index) const;
  /// The sample's name in messages: the path of its file, or "image 17".
  virtual std::string name(std::size_t index) const;
  /// A number that changes when the image does, such as a hash of its file's size and time of
  /// change: a cache on disk knows the image by its name and stamp. Absent: no cache on disk keeps
  /// it.
  virtual std::optional<std::uint64_t> stamp(std::size_t index) const;

  /// {channels, height, width} of every image. Empty if they differ or are not known.
  virtual Shape image_shape() const;
  /// {channels, height, width} of one full image. It reads only the file's header if possible.
  /// Throws DataError.
  virtual Shape shape_of(std::size_t index) const;
  /// Chooses the needed pixels of an image from its {channels, height, width}.
  using Choose = std::function<ImageRequest(const Shape& full)>;
  /// Decodes what `choose` asks for into `to`, and uses the memory of `to` again. Throws DataError
  /// with the file's name. The default takes the whole image from `bytes`.
  virtual void decode(std::size_t index, const Choose& choose, DecodedImage& to) const;
  /// The whole image.
  Image image(std::size_t index) const;
  /// The image as channels x height x width numbers in [0, 1]. The default converts `image`. A
  /// source whose images are not bytes overrides `read` and `eight_bit`.
  virtual void read(std::size_t index, std::span<float> pixels) const;
  /// Whether the images are bytes, so that `decode` works.
  virtual bool eight_bit() const { return true; }
  /// The bytes of an image, channels x height x width, if they are in memory; otherwise empty.
  virtual std::span<const std::uint8_t> bytes(std::size_t index) const;
  /// Whether reading is little more than a copy. Then the training threads read images themselves.
  virtual bool in_memory() const { return false; }
};

}  // namespace ridgeline
