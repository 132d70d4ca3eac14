#include "data/sources/subset.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/input_file.hpp"
#include "data/sources/class_names.hpp"
#include "data/sources/file_tree.hpp"
#include "data/sources/stored_format.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

class Subset : public SampleSource, public StoresFiles {
 public:
  Subset(std::shared_ptr<const SampleSource> source, std::vector<std::uint32_t> which)
      : source_(std::move(source)), which_(std::move(which)) {}

  std::size_t size() const override { return which_.size(); }
  const TargetSchema& schema() const override { return source_->schema(); }
  Target target(std::size_t i) const override { return source_->target(which_[i]); }
  double weight(std::size_t i) const override { return source_->weight(which_[i]); }
  std::int64_t group(std::size_t i) const override { return source_->group(which_[i]); }
  bool weighted() const override { return source_->weighted(); }
  bool grouped() const override { return source_->grouped(); }
  std::string name(std::size_t i) const override { return source_->name(which_[i]); }
  std::optional<std::uint64_t> stamp(std::size_t i) const override {
    return source_->stamp(which_[i]);
  }
  Shape image_shape() const override { return source_->image_shape(); }
  Shape shape_of(std::size_t i) const override { return source_->shape_of(which_[i]); }
  void decode(std::size_t i, const Choose& choose, DecodedImage& to) const override {
    source_->decode(which_[i], choose, to);
  }
  std::string_view format(std::size_t i) const override {
    return stored_format(*source_, which_[i]);
  }
  void read(std::size_t i, std::span<float> pixels) const override {
    source_->read(which_[i], pixels);
  }
  bool eight_bit() const override { return source_->eight_bit(); }
  std::span<const std::uint8_t> bytes(std::size_t i) const override {
    return source_->bytes(which_[i]);
  }
  bool in_memory() const override { return source_->in_memory(); }

 private:
  std::shared_ptr<const SampleSource> source_;
  std::vector<std::uint32_t> which_;
};

}  // namespace

std::shared_ptr<const SampleSource> subset(std::shared_ptr<const SampleSource> source,
                                           std::vector<std::uint32_t> which) {
  return std::make_shared<Subset>(std::move(source), std::move(which));
}

ExcludeList::ExcludeList(const std::filesystem::path& file) : file_(file.string()) {
  const auto bytes = read_bytes(file, most_file_bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find('\0') != std::string_view::npos) {
    throw DataError(fmt::format("{}: contains a zero byte, so it is not a list of names", file_));
  }
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    std::string name = line.substr(0, line.find('\t'));
    if (name.starts_with("./")) name.erase(0, 2);
    if (!name.empty()) lines_.push_back({std::move(name), number, {}});
  }
  const auto less = [](const Line& a, const Line& b) { return a.name < b.name; };
  std::stable_sort(lines_.begin(), lines_.end(), less);
  const auto same = [](const Line& a, const Line& b) { return a.name == b.name; };
  lines_.erase(std::unique(lines_.begin(), lines_.end(), same), lines_.end());
}

std::shared_ptr<const SampleSource> ExcludeList::apply(std::shared_ptr<const SampleSource> source) {
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < source->size(); ++i) {
    const std::string name = source->name(i);
    bool listed = false;
    // A line may be the whole name, or its end after any '/'.
    for (std::size_t from = 0; from < name.size();) {
      const std::string_view end = std::string_view(name).substr(from);
      const auto line =
          std::lower_bound(lines_.begin(), lines_.end(), end,
                           [](const Line& l, std::string_view text) { return l.name < text; });
      if (line != lines_.end() && line->name == end) {
        if (!line->sample.empty() && line->sample != name) {
          throw DataError(fmt::format("{}:{}: \"{}\" means both {} and {}: write more of its path",
                                      file_, line->number, line->name, line->sample, name));
        }
        line->sample = name;
        listed = true;
      }
      from = std::min(name.find('/', from), name.size() - 1) + 1;
    }
    if (!listed) kept.push_back(static_cast<std::uint32_t>(i));
  }
  if (kept.size() == source->size()) return source;
  if (kept.empty()) {
    throw DataError(fmt::format("{}: leaves out all {} images of a part", file_, source->size()));
  }
  return subset(std::move(source), std::move(kept));
}

std::vector<std::string> ExcludeList::unknown() const {
  std::vector<const Line*> lines;
  for (const Line& line : lines_) {
    if (line.sample.empty()) lines.push_back(&line);
  }
  std::sort(lines.begin(), lines.end(),
            [](const Line* a, const Line* b) { return a->number < b->number; });
  std::vector<std::string> names;
  names.reserve(lines.size());
  for (const Line* line : lines) names.push_back(line->name);
  return names;
}

}  // namespace ridgeline::data
