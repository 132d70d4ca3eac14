#pragma once
// Labelled images. A data set is a cheap value: copies and subsets share the images.

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

/// The order of the numbers of images in memory.
enum class ImageLayout {
  nchw,  ///< planes: PyTorch's and CIFAR-10's order
  nhwc,  ///< interleaved: OpenCV's, PNG's and TensorFlow's order
};

/// Where images are kept once they have been read. What is read is the same, bit for bit, with and
/// without a cache.
struct CacheOptions {
  /// "memory": each image from when it is first read, until the limit is reached. "disk": all
  /// images, decoded by the call, in a file that is mapped into memory and found again later; where
  /// it cannot be written or would be too large, on_note is told, and "memory" is used. "none".
  std::string kind = "memory";
  std::uint64_t limit = 0;  ///< bytes; 0: half of the memory, or of the disk's space, that is free
  std::filesystem::path folder;  ///< "disk": empty: ridgeline/pack in the user's cache
  /// FitOptions::augment of the trainings: what it takes of original images is kept.
  std::vector<std::string> augment;
  int threads = 0;  ///< "disk": that decode; 0: all cores
  /// "disk": the call ends when it becomes true, without a cache.
  const std::atomic<bool>* stop = nullptr;
  /// Told the size and place of the file before it is written, that the limit is reached, and that
  /// a file is damaged; the last two while images are read, from any thread.
  std::function<void(const std::string& sentence)> on_note = {};
};

class Dataset {
 public:
  Dataset() = default;
  /// The samples of a source, all of them. What follows makes a source of images and targets.
  explicit Dataset(std::shared_ptr<const SampleSource> samples);
  /// `labels` holds one class index for each image; no labels at all make a set for `predict`.
  /// Throws DataError for counts that differ or a label outside [0, class_names.size()).
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<std::int32_t> labels,
          std::vector<std::string> class_names);
  /// `values` holds `width` numbers for each image: a regression. Throws DataError for counts that
  /// differ, UsageError for a width below 1.
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
          std::int64_t width);
  /// `values` holds one number for each name and image. The task says what they are: "classify"
  /// (soft labels), "multi-label" (0 or 1) or "regress". Throws likewise.
  Dataset(std::shared_ptr<const SampleSource> images, std::vector<float> values,
          TargetSchema schema);

  std::size_t size() const { return indices_.size(); }
  bool empty() const { return indices_.empty(); }
  Shape image_shape() const;  ///< {channels, height, width}; empty where images differ in size
  /// What the targets are. Without targets its task is empty.
  const TargetSchema& schema() const;
  /// Of classes, labels or values.
  const std::vector<std::string>& names() const { return schema().names; }
  std::int64_t classes() const;  ///< 0 where the targets are not classes
  bool has_classes() const { return schema().task == "classify"; }
  bool has_targets() const { return !schema().task.empty(); }
  Target target(std::size_t i) const;
  /// The class of image i, or the most probable one of soft labels. Only where has_classes().
  std::int32_t label(std::size_t i) const;
  bool weighted() const;
  double weight(std::size_t i) const;
  bool grouped() const;
  std::int64_t group(std::size_t i) const;
  std::string name(std::size_t i) const;  ///< what messages call the sample
  /// Writes image i, channels x height x width, in [0, 1]. Thread-safe.
  void read(std::size_t i, std::span<float> pixels) const;
  std::span<const std::uint8_t> bytes(std::size_t i) const;  ///< as SampleSource::bytes
  bool in_memory() const;                                    ///< as SampleSource::in_memory
  /// The index of image i in its source: its identity for random numbers.
  std::uint64_t id(std::size_t i) const { return indices_[i]; }
  /// The images brought to one size as they are read; `decode` of the source still gives them as
  /// they are. Throws UsageError for images that are not bytes, and as Preprocessing::check does.
  Dataset fitted(const Preprocessing& preprocessing) const;
  /// What fitted() was given.
  const std::optional<Preprocessing>& preprocessing() const { return preprocessing_; }
  /// The source itself.
  const std::shared_ptr<const SampleSource>& source() const { return samples_; }

  /// Images `which` of this set, in that order. Throws UsageError for an index out of range.
  Dataset subset(std::span<const std::size_t> which) const;
  Dataset take(std::size_t count) const;  ///< the first `count`, or all where there are fewer
  /// The same images, each read from its source once and then kept. Copies and subsets of the
  /// result share what is kept. What is in memory or in a cache already stays as it is. `select`
  /// does this in memory for its trainings. Throws UsageError for an unknown kind.
  Dataset cache(const CacheOptions& options = {}) const;

 private:
  std::shared_ptr<const SampleSource> samples_;
  std::optional<Preprocessing> preprocessing_;
  std::vector<std::size_t> indices_;
};

/// Images in memory, copied: `pixels` holds images of `shape` {channels, height, width} in
/// `layout`; bytes are divided by 255, floats are taken as they are. Throws UsageError for another
/// kind of shape, DataError where `pixels` is no whole number of images.
std::shared_ptr<const SampleSource> memory_images(std::span<const std::uint8_t> pixels,
                                                  const Shape& shape, ImageLayout layout);
std::shared_ptr<const SampleSource> memory_images(std::span<const float> pixels, const Shape& shape,
                                                  ImageLayout layout);

/// The same with labels. Without labels the set is for `predict`. Without names the classes are
/// called by their numbers, up to the largest label.
Dataset from_memory(std::span<const std::uint8_t> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});
Dataset from_memory(std::span<const float> pixels, const Shape& shape, ImageLayout layout,
                    std::span<const std::int32_t> labels, std::vector<std::string> names = {});

struct TrainTest {
  Dataset train;
  Dataset test;  ///< may be empty
};

/// What a source gives: samples for each use.
struct DataParts {
  Dataset train;
  Dataset validation;              ///< empty where the source has no such part
  Dataset test;                    ///< likewise; may be without targets
  std::vector<std::string> notes;  ///< sentences for the user about what was left out

  DataParts() = default;
  DataParts(TrainTest both)  // NOLINT: a source without a validation part
      : train(std::move(both.train)), test(std::move(both.test)) {}
};

/// The named source ("folder", "table", "cifar10", "cifar100", "fashion-mnist", "mnist", "idx"), in
/// the folder `path` (or one of the source's usual name inside it), else in the usual places.
/// Throws UsageError for an unknown name, DataError for a broken file or a `path` without it,
/// ResourceError where nothing is found (the message lists the places and how to get the data).
/// `options` are those of the source. Throws UsageError for one that it does not have, too.
DataParts load_parts(std::string_view source, const std::filesystem::path& path = {},
                     const Attributes& options = {});
/// Likewise the training and test images: auto [train, test] = load("cifar10");
TrainTest load(std::string_view source, const std::filesystem::path& path = {},
               const Attributes& options = {});
/// The folder that `load_parts` reads. Throws as it does for what is not found.
std::filesystem::path locate(std::string_view source, const std::filesystem::path& path = {});
TrainTest cifar10(const std::filesystem::path& path = {});
TrainTest cifar100(const std::filesystem::path& path = {});
TrainTest fashion_mnist(const std::filesystem::path& path = {});
TrainTest mnist(const std::filesystem::path& path = {});

/// A kind of data that `load` and the experiment's `data.source` know by name. The usual places
/// are `folders` in: $RIDGELINE_DATA, ridgeline/ in $XDG_CACHE_HOME (or ~/.cache), ./data,
/// ~/.keras/datasets, ~/.cache/torch/datasets, /usr/share/datasets; the first that holds one of
/// `markers` is taken.
struct DataSource {
  std::string name;                  ///< "cifar10"
  std::string title;                 ///< "CIFAR-10", for messages
  std::vector<std::string> folders;  ///< none: only an explicit path will do
  std::vector<std::string> markers;  ///< files of which any shows the data is there; not none
  std::string how_to_get;            ///< "run `ridgeline data get cifar10`"
  std::function<DataParts(const std::filesystem::path& folder)> open;
  /// Keys of [data] in the experiment file, and what opens a source that has some: it is given all
  /// of them, checked.
  std::vector<Option> options = {};
  std::function<DataParts(const std::filesystem::path& folder, const Attributes& options)>
      open_with = {};
  bool files = false;  ///< whether `path` may name a file, such as an archive
};
/// Adds a source, or replaces the one of this name. Throws UsageError for one without markers.
/// Thread-safe.
void register_source(DataSource source);
std::vector<std::string> source_names();
/// The sources as kinds, with their options.
std::vector<Kind> source_kinds();

/// A split by class: both parts have the classes' shares, to within an image. Deterministic by
/// seed.
struct Split {
  Dataset train;
  Dataset validation;
};
/// `fraction` in (0, 1) of the images, at least one and not all, go to validation. Sets without
/// classes are split plainly. Throws UsageError for a fraction out of range or fewer than two
/// images.
Split stratified_split(const Dataset& data, double fraction, std::uint64_t seed);
/// Stratified k-fold: part k of `folds` is validation, the rest training. Throws UsageError for
/// fewer than two folds or more folds than images.
std::vector<Split> stratified_folds(const Dataset& data, int folds, std::uint64_t seed);

}  // namespace ridgeline
