#pragma once
// Labelled images. A data set is a cheap value: copies and subsets share the images.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/shape.hpp"

namespace ridgeline {

/// Where images come from: a file format, or an application's own.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  virtual std::size_t size() const = 0;
  /// {channels, height, width} of every image.
  virtual Shape image_shape() const = 0;
  /// Writes image `index` as channels x height x width numbers in [0, 1]. Called from several
  /// threads at once. Throws DataError.
  virtual void read(std::size_t index, std::span<float> pixels) const = 0;
  /// The bytes of image `index`, channels x height x width, where they are in memory; else empty.
  virtual std::span<const std::uint8_t> bytes(std::size_t index) const;
};

/// How the numbers of images in memory lie.
enum class ImageLayout {
  nchw,  ///< planes: PyTorch's and CIFAR-10's order
  nhwc,  ///< interleaved: OpenCV's, PNG's and TensorFlow's order
};

class Dataset {
 public:
  Dataset() = default;
  /// `labels` holds one class index per image, or `targets` holds target_width values per image.
  /// Throws DataError for counts that differ or a label outside [0, class_names.size()).
  Dataset(std::shared_ptr<const ImageSource> images, std::vector<std::int32_t> labels,
          std::vector<std::string> class_names);
  Dataset(std::shared_ptr<const ImageSource> images, std::vector<float> targets,
          std::int64_t target_width);

  std::size_t size() const { return indices_.size(); }
  bool empty() const { return indices_.empty(); }
  Shape image_shape() const;
  std::int64_t classes() const { return static_cast<std::int64_t>(names().size()); }
  const std::vector<std::string>& names() const;
  bool has_classes() const;
  std::int32_t label(std::size_t i) const;
  std::span<const float> target(std::size_t i) const;  ///< target_width values, or empty
  std::int64_t target_width() const;
  /// Writes image i, channels x height x width, in [0, 1]. Thread-safe.
  void read(std::size_t i, std::span<float> pixels) const;
  std::span<const std::uint8_t> bytes(std::size_t i) const;
  /// The index of image i in the set that this one is part of: its identity for random numbers.
  std::uint64_t id(std::size_t i) const { return indices_[i]; }

  /// Images `which` of this set, in that order.
  Dataset subset(std::span<const std::size_t> which) const;
  Dataset take(std::size_t count) const;  ///< the first `count`

 private:
  struct Content;
  std::shared_ptr<const Content> content_;
  std::vector<std::size_t> indices_;
};

/// Images in memory, copied: `pixels` holds images of `shape` {channels, height, width} in
/// `layout`; bytes are divided by 255, floats are taken as they are. `names` may be empty: the
/// classes are then called by their numbers.
Dataset from_memory(std::span<const std::uint8_t> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});
Dataset from_memory(std::span<const float> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});

struct TrainTest {
  Dataset train;
  Dataset test;  ///< may be empty
};

/// The named source ("cifar10", "cifar100", "fashion-mnist", "mnist", "idx"), at `path` or in the
/// usual places. Throws DataError for a broken file, ResourceError where nothing is found (the
/// message lists the places and how to get the data).
TrainTest load(std::string_view source, const std::filesystem::path& path = {});
TrainTest cifar10(const std::filesystem::path& path = {});
TrainTest cifar100(const std::filesystem::path& path = {});
TrainTest fashion_mnist(const std::filesystem::path& path = {});

/// A split by class: both parts have the classes' shares, to within an image. Deterministic by seed.
struct Split {
  Dataset train;
  Dataset validation;
};
/// `fraction` in (0, 1) of the images, at least one, go to validation.
Split stratified_split(const Dataset& data, double fraction, std::uint64_t seed);
/// Stratified k-fold: part k of `folds` is validation, the rest training; folds at least 2.
std::vector<Split> stratified_folds(const Dataset& data, int folds, std::uint64_t seed);

}  // namespace ridgeline
