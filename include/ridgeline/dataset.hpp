#pragma once
// Labelled images. A data set is cheap to copy: copies and subsets share the images.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/option.hpp"
#include "ridgeline/preprocessing.hpp"
#include "ridgeline/sample.hpp"
#include "ridgeline/shape.hpp"

namespace ridgeline {

/// The order of an image's numbers in memory.
enum class ImageLayout {
  nchw,  ///< one plane for each channel, as in PyTorch and CIFAR-10
  nhwc,  ///< channels interleaved, as in OpenCV, PNG and TensorFlow
};

/// Where decoded images are kept. Images have the same bits with and without a cache.
struct CacheOptions {
  /// "memory": keeps each image when it is first read, until the limit is reached. "disk": before
  /// the first is read, all are decoded into a file, which is mapped into memory and found again.
  /// If it cannot be written or would be too large, on_note is told, and "memory" is used. "none".
  std::string kind = "memory";
  std::uint64_t limit = 0;  ///< bytes; 0: half of the memory, or of the disk's space, that is free
  double share = 1;         ///< of that half; another data set has the rest. Above 0, at most 1
  std::filesystem::path folder;  ///< "disk": empty: ridgeline/pack in the user's cache
  /// FitOptions::augment of the trainings: what it takes of original images is kept.
  std::vector<std::string> augment;
  int threads = 0;  ///< "disk": that decode; 0: all cores
  /// "disk": no file is made, and images are read without a cache, if it becomes true before.
  const std::atomic<bool>* stop = nullptr;
  /// Told the size and place of the file before it is written, that the limit is reached, and that
  /// a file is damaged; the last two while images are read, from any thread.
  std::function<void(const std::string& sentence)> on_note = {};
};

class Dataset {
 public:
  Dataset() = default;
  /// All samples of a source. The other constructors combine images with targets.
  explicit Dataset(std::shared_ptr<const SampleSource> samples);
  /// `labels` has one class index for each image, or is empty: then the set is for `predict`.
  /// Throws DataError if the counts differ or a label is outside [0, class_names.size()).
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<std::int32_t> labels,
          std::vector<std::string> class_names);
  /// For regression: `values` has `width` numbers for each image. Throws DataError if the counts
  /// differ, UsageError for a width below 1.
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
          std::int64_t width);
  /// `values` has one number for each image and name. The schema's task says what they are:
  /// "classify" (soft labels), "multi-label" (0 or 1) or "regress". Throws as above.
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
          TargetSchema schema);

  std::size_t size() const { return indices_.size(); }
  bool empty() const { return indices_.empty(); }
  Shape image_shape() const;  ///< {channels, height, width}; empty if images differ in size
  /// What the targets are. The task is empty if there are no targets.
  const TargetSchema& schema() const;
  /// The names of classes, labels or values.
  const std::vector<std::string>& names() const { return schema().names; }
  std::int64_t classes() const;  ///< 0 if the targets are not classes
  bool has_classes() const { return schema().task == "classify"; }
  bool has_targets() const { return !schema().task.empty(); }
  Target target(std::size_t i) const;
  /// The class of image i; for soft labels the most probable one. Only if has_classes().
  std::int32_t label(std::size_t i) const;
  bool weighted() const;
  double weight(std::size_t i) const;
  bool grouped() const;
  std::int64_t group(std::size_t i) const;
  std::string name(std::size_t i) const;  ///< the name of the sample in messages
  /// Writes image i, channels x height x width, in [0, 1]. Thread-safe.
  void read(std::size_t i, std::span<float> pixels) const;
  std::span<const std::uint8_t> bytes(std::size_t i) const;  ///< as SampleSource::bytes
  bool in_memory() const;                                    ///< as SampleSource::in_memory
  /// The index of image i in its source. Random numbers for the image depend on it.
  std::uint64_t id(std::size_t i) const { return indices_[i]; }
  /// The same data set, whose images are resized as they are read. `decode` of the source still
  /// gives the original images. Throws UsageError for images that are not bytes, and as
  /// Preprocessing::check.
  Dataset fitted(const Preprocessing& preprocessing) const;
  /// The argument of fitted(), if it was called.
  const std::optional<Preprocessing>& preprocessing() const { return preprocessing_; }
  /// The source of the samples.
  const std::shared_ptr<const SampleSource>& source() const { return samples_; }

  /// The images with the indices `which`, in that order. Throws UsageError for an index out of
  /// range.
  Dataset subset(std::span<const std::size_t> which) const;
  Dataset take(std::size_t count) const;  ///< the first `count` images, or all if there are fewer
  /// The same images, each read from its source once and then kept. Copies and subsets of the
  /// result share what is kept. What is in memory or in a cache already stays as it is. `select`
  /// does this in memory for its trainings. Throws UsageError for an unknown kind.
  Dataset cache(const CacheOptions& options = {}) const;

 private:
  std::shared_ptr<const SampleSource> samples_;
  std::optional<Preprocessing> preprocessing_;
  std::vector<std::size_t> indices_;
};

/// Copies images from memory. `pixels` has images of the shape {channels, height, width} in
/// `layout`. Bytes are divided by 255; floats stay as they are. Throws UsageError if the shape has
/// another rank, DataError if `pixels` is not a whole number of images.
std::shared_ptr<const SampleSource> memory_images(std::span<const std::uint8_t> pixels,
                                                  const Shape& shape, ImageLayout layout);
std::shared_ptr<const SampleSource> memory_images(std::span<const float> pixels, const Shape& shape,
                                                  ImageLayout layout);

/// The same with labels. If `labels` is empty, the set is for `predict`. If `names` is empty, the
/// classes are named by their numbers, up to the largest label.
Dataset from_memory(std::span<const std::uint8_t> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});
Dataset from_memory(std::span<const float> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});

struct TrainTest {
  Dataset train;
  Dataset test;  ///< may be empty
};

/// The data sets that a source gives.
struct DataParts {
  Dataset train;
  Dataset validation;              ///< empty if the source has none
  Dataset test;                    ///< empty if the source has none; may have no targets
  std::vector<std::string> notes;  ///< sentences for the user about images that were left out

  DataParts() = default;
  DataParts(TrainTest both)  // NOLINT: a source without validation images
      : train(std::move(both.train)), test(std::move(both.test)) {}
};

/// The named source ("folder", "table", "cifar10", "cifar100", "fashion-mnist", "mnist", "idx"), in
/// the folder `path` (or one of the source's usual name inside it), else in the usual places.
/// Throws UsageError for an unknown name, DataError for a broken file or a `path` without it,
/// ResourceError where nothing is found (the message lists the places and how to get the data).
/// `options` are the options of the source. Throws UsageError also for an option that the source
/// does not have.
DataParts load_parts(std::string_view source, const std::filesystem::path& path = {},
                     const Attributes& options = {});
/// The training and test images alone: auto [train, test] = load("cifar10");
TrainTest load(std::string_view source, const std::filesystem::path& path = {},
               const Attributes& options = {});
/// The folder that `load_parts` would read. Throws as `load_parts` if it is not found.
std::filesystem::path locate(std::string_view source, const std::filesystem::path& path = {});
TrainTest cifar10(const std::filesystem::path& path = {});
TrainTest cifar100(const std::filesystem::path& path = {});
TrainTest fashion_mnist(const std::filesystem::path& path = {});
TrainTest mnist(const std::filesystem::path& path = {});

/// A data source that `load` and the experiment's `data.source` know by name. The usual places are
/// the `folders` below $RIDGELINE_DATA, ridgeline/ in $XDG_CACHE_HOME (or ~/.cache), ./data,
/// ~/.keras/datasets, ~/.cache/torch/datasets and /usr/share/datasets. The first one that contains
/// a file of `markers` is used.
struct DataSource {
  std::string name;                  ///< "cifar10"
  std::string title;                 ///< "CIFAR-10", for messages
  std::vector<std::string> folders;  ///< empty: the user must give a path
  /// At least one file name. Any of these files shows that the data is there.
  std::vector<std::string> markers;
  std::string how_to_get;  ///< "run `ridgeline data get cifar10`"
  std::function<DataParts(const std::filesystem::path& folder)> open;
  /// The options are keys of [data] in the experiment file. A source with options is opened by
  /// `open_with`, which gets all of them, checked.
  std::vector<Option> options = {};
  std::function<DataParts(const std::filesystem::path& folder, const Attributes& options)>
      open_with = {};
  bool files = false;  ///< whether `path` may be a file, such as an archive
};
/// Adds a source, or replaces the source of the same name. Throws UsageError if it has no markers.
/// Thread-safe.
void register_source(DataSource source);
std::vector<std::string> source_names();
/// The sources as kinds, with their options.
std::vector<Kind> source_kinds();

/// A stratified split: each class has the same share in both parts, to within an image. The seed
/// determines the split.
struct Split {
  Dataset train;
  Dataset validation;
};
/// Puts the share `fraction`, in (0, 1), of the images into validation: at least one image and
/// never all. A set without classes is split at random. Throws UsageError for a fraction out of
/// range or fewer than two images.
Split stratified_split(const Dataset& data, double fraction, std::uint64_t seed);
/// Stratified k-fold: in split k, fold k is for validation and all others are for training. Throws
/// UsageError for fewer than two folds or more folds than images.
std::vector<Split> stratified_folds(const Dataset& data, int folds, std::uint64_t seed);

}  // namespace ridgeline
