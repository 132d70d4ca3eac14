#pragma once
// Samples: an image of any size with what a network should say about it.

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

/// Boxes around the objects of an image, in its pixels: left, top, right, bottom, as real numbers;
/// pixel (0, 0) covers [0, 1) x [0, 1).
struct Boxes {
  struct Box {
    float left = 0, top = 0, right = 0, bottom = 0;
    std::int32_t label = 0;  ///< an index into the class names
    bool crowd = false;      ///< a group of objects, which is neither counted nor missed (COCO)
    friend bool operator==(const Box&, const Box&) = default;
  };
  std::vector<Box> boxes;
  friend bool operator==(const Boxes&, const Boxes&) = default;
};

/// A class for each pixel: an image of one channel, of the size of its photograph. 255 is ignored.
struct Mask {
  static constexpr std::uint8_t ignored = 255;
  Image labels;
  friend bool operator==(const Mask&, const Mask&) = default;
};

/// What a network should say about an image: nothing known, one class (an index into the names of
/// the schema), values (one for each name: labels as 0 and 1, soft labels, or numbers), boxes, or
/// a mask.
using Target = std::variant<std::monostate, std::int32_t, std::vector<float>, Boxes, Mask>;

/// What the targets of a set of samples are: its task and the names of classes, labels or values.
struct TargetSchema {
  /// "classify", "multi-label", "regress", or an application's own; empty: no targets.
  std::string task;
  std::vector<std::string> names;
  friend bool operator==(const TargetSchema&, const TargetSchema&) = default;
};

/// Where samples come from: a file format, a folder, or an application's own. All functions may be
/// called from several threads at once.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual std::size_t size() const = 0;
  /// The default: there are no targets.
  virtual const TargetSchema& schema() const;
  /// Read when it is needed. Throws DataError.
  virtual Target target(std::size_t index) const;
  /// Whether samples have weights. Without them each counts 1.
  virtual bool weighted() const { return false; }
  /// How much the sample counts in the loss, at least 0.
  virtual double weight(std::size_t index) const;
  /// Whether samples belong to groups.
  virtual bool grouped() const { return false; }
  /// Samples of the same group, a number of at least 0, stay on one side of every split; -1: a
  /// group of its own.
  virtual std::int64_t group(std::size_t index) const;
  /// What messages call the sample: the path of its file, or "image 17".
  virtual std::string name(std::size_t index) const;
  /// A number that changes when the image does, such as a hash of its file's size and time of
  /// change: a cache on disk knows the image by its name and stamp. Absent: no cache on disk keeps
  /// it.
  virtual std::optional<std::uint64_t> stamp(std::size_t index) const;

  /// {channels, height, width} of every image; empty where they differ or are not known.
  virtual Shape image_shape() const;
  /// {channels, height, width} of one image before any request, from the file's header alone where
  /// that is possible. Throws DataError.
  virtual Shape shape_of(std::size_t index) const;
  /// Says what is needed of an image whose {channels, height, width} are these.
  using Choose = std::function<ImageRequest(const Shape& full)>;
  /// What `choose` asks for. `to` may have been used for another image: its memory is used again.
  /// Throws DataError that names the file. The default takes the whole image from `bytes`.
  virtual void decode(std::size_t index, const Choose& choose, DecodedImage& to) const;
  /// The whole image.
  Image image(std::size_t index) const;
  /// The image as channels x height x width numbers in [0, 1]. The default converts `image`; a
  /// source of numbers that are not bytes overrides it and `eight_bit`.
  virtual void read(std::size_t index, std::span<float> pixels) const;
  /// Whether `decode` works: the images are bytes.
  virtual bool eight_bit() const { return true; }
  /// The bytes of an image, channels x height x width, where they are in memory; else empty.
  virtual std::span<const std::uint8_t> bytes(std::size_t index) const;
  /// Whether reading is little more than a copy: the threads that train then read for themselves.
  virtual bool in_memory() const { return false; }
};

}  // namespace ridgeline
