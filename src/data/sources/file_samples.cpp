#include "data/sources/file_samples.hpp"

#include <algorithm>

#include "data/sources/decode.hpp"
#include "data/sources/stored_format.hpp"
#include "image/format.hpp"

namespace ridgeline::data {
namespace {

class FileSamples : public SampleSource, public StoresFiles {
 public:
  FileSamples(std::shared_ptr<const FileTree> tree, SampleColumns columns)
      : tree_(std::move(tree)), columns_(std::move(columns)) {}

  std::size_t size() const override { return columns_.files.size(); }
  const TargetSchema& schema() const override { return columns_.schema; }

  Target target(std::size_t index) const override {
    if (!columns_.classes.empty()) return columns_.classes[index];
    const std::size_t width = columns_.schema.names.size();
    std::vector<float> values(width);
    if (!columns_.label_ends.empty()) {
      const std::size_t begin = index == 0 ? 0 : columns_.label_ends[index - 1];
      for (std::size_t k = begin; k < columns_.label_ends[index]; ++k) {
        values[static_cast<std::size_t>(columns_.labels[k])] = 1;
      }
      return values;
    }
    if (columns_.values.empty()) return std::monostate{};
    const auto first = columns_.values.begin() + static_cast<std::ptrdiff_t>(index * width);
    std::copy_n(first, width, values.begin());
    return values;
  }

  double weight(std::size_t index) const override {
    return columns_.weights.empty() ? 1 : columns_.weights[index];
  }
  std::int64_t group(std::size_t index) const override {
    return columns_.groups.empty() ? -1 : columns_.groups[index];
  }
  std::string name(std::size_t index) const override { return tree_->name(columns_.files[index]); }

  std::optional<std::uint64_t> stamp(std::size_t index) const override {
    return tree_->stamp(columns_.files[index]);
  }

  // Images in files may have different sizes.
  Shape image_shape() const override { return {}; }
  Shape shape_of(std::size_t index) const override {
    return shape_of_file(tree_->read(columns_.files[index]), name(index));
  }
  void decode(std::size_t index, const Choose& choose, DecodedImage& to) const override {
    decode_file(tree_->read(columns_.files[index]), choose, name(index), to);
  }
  std::string_view format(std::size_t index) const override {
    return image::format_of(tree_->read(columns_.files[index], image::signature_bytes));
  }
  bool weighted() const override { return !columns_.weights.empty(); }
  bool grouped() const override { return !columns_.groups.empty(); }

 private:
  std::shared_ptr<const FileTree> tree_;
  SampleColumns columns_;
};

}  // namespace

std::shared_ptr<const SampleSource> file_samples(std::shared_ptr<const FileTree> tree,
                                                 SampleColumns columns) {
  return std::make_shared<FileSamples>(std::move(tree), std::move(columns));
}

}  // namespace ridgeline::data
