#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "data/sources/class_names.hpp"
#include "data/sources/file_samples.hpp"
#include "data/sources/flat_labels.hpp"
#include "data/sources/folder_layout.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

using Names = std::vector<std::string>;

class ClassFolders {
 public:
  ClassFolders(std::shared_ptr<const FileTree> tree, const FolderOptions& options)
      : tree_(std::move(tree)), options_(options), layout_(*tree_, options_) {}

  SampleParts read() {
    const std::size_t base = layout_.find_base();
    const auto train = layout_.find_part(base, options_.train, train_names);
    const auto validation = layout_.find_part(base, options_.validation, validation_names);
    const auto test = layout_.find_part(base, options_.test, test_names);
    const std::size_t parts = (validation ? 1 : 0) + (test ? 1 : 0);
    SampleParts result;
    if (!train && parts > 0 && parts == layout_.children(base).size()) {
      throw DataError(fmt::format("{}: has {} and no folder train", layout_.message_name(base),
                                  layout_.listed_children(base)));
    }
    if (!train && !(options_.validation.empty() && options_.test.empty())) {
      throw DataError(fmt::format(
          "{}: has no folder train for the parts that are named: name the one for training, too",
          layout_.message_name(base)));
    }
    read_classes(train.value_or(base), layout_.path(base));
    result.train = samples(labelled(train.value_or(base)));
    if (train && validation) result.validation = samples(validation_part(*validation));
    if (train && test) result.test = samples(test_part(*test));
    result.notes = std::move(notes_);
    return result;
  }

 private:
  void read_classes(std::size_t folder, std::string_view base) {
    Names folders;
    std::vector<std::size_t> children = layout_.children(folder);
    for (const std::size_t child : children) folders.push_back(layout_.name(child));
    const std::string where = layout_.message_name(folder);
    if (folders.empty()) {
      throw DataError(fmt::format(
          "{}: holds {} and no class folders: put the images of each class into a folder of its "
          "own, or name their classes in a table (data.source = \"table\")",
          where, layout_.has_images(folder, false) ? "images" : "no images"));
    }
    ClassNames classes = class_names(*tree_, base, folders, options_);
    if (classes.names.size() < 2) {
      throw DataError(fmt::format(
          "{}: has one class folder only, {}: a classifier needs at least two", where, folders[0]));
    }
    for (std::size_t c = 0; c < classes.folders.size(); ++c) {
      labels_.emplace(classes.folders[c], static_cast<std::int32_t>(c));
      const auto at =
          tree_->files().find_folder(join_path(layout_.path(folder), classes.folders[c]));
      if (options_.allow_empty || (at && layout_.has_images(*at, true))) continue;
      const auto [first, end] =
          at ? layout_.files(*at, true) : std::pair<std::size_t, std::size_t>();
      throw DataError(fmt::format(
          "{}: {}{}: remove the class, or set data.allow_empty = true",
          tree_->folder_name(join_path(layout_.path(folder), classes.folders[c])),
          at ? "the class folder holds no images" : "there is no such class folder",
          at && end > first ? fmt::format(" ({} other files; images are {})", end - first,
                                          fmt::join(options_.extensions, ", "))
                            : ""));
    }
    schema_ = {"classify", std::move(classes.names)};
  }

  /// The samples of class folders.
  SampleColumns labelled(std::size_t part) {
    SampleColumns columns{.schema = schema_};
    for (const std::size_t child : layout_.children(part)) {
      const auto label = labels_.find(layout_.name(child));
      if (label == labels_.end()) throw_unknown(child);
      add(columns, layout_.images(child, true), label->second);
      count_others(child, true);
      if (options_.group_by_folder) add_groups(columns, child);
    }
    const std::size_t loose = layout_.images(part, false).size();
    if (loose > 0) {
      notes_.push_back(
          fmt::format("{} images are directly in {}, outside the class folders: left out", loose,
                      layout_.message_name(part)));
    }
    return columns;
  }

  static void add(SampleColumns& columns, const std::vector<std::uint32_t>& images,
                  std::int32_t label) {
    columns.files.insert(columns.files.end(), images.begin(), images.end());
    columns.classes.resize(columns.files.size(), label);
  }

  // The last images are those of this class.
  void add_groups(SampleColumns& columns, std::size_t class_folder) {
    const std::size_t prefix = layout_.path(class_folder).size();
    for (std::size_t i = columns.groups.size(); i < columns.files.size(); ++i) {
      const FileList& files = tree_->files();
      const std::string& path = layout_.path(files.folder_of(columns.files[i]));
      const auto next = static_cast<std::int32_t>(groups_.size());
      columns.groups.push_back(
          path.size() == prefix ? -1 : groups_.emplace(path.substr(prefix), next).first->second);
    }
  }

  [[noreturn]] void throw_unknown(std::size_t folder) const {
    std::vector<std::string_view> known;
    for (const auto& [name, label] : labels_) known.push_back(name);
    const std::string name = layout_.name(folder);
    const std::string near = nearest(name, known);
    throw DataError(fmt::format("{}: the class \"{}\" is not among those of training{}",
                                layout_.message_name(folder), name,
                                near.empty() ? "" : fmt::format("; is \"{}\" meant?", near)));
  }

  /// Whether the images of a part are in one folder, without class folders.
  bool flat(std::size_t part) const {
    const auto children = layout_.children(part);
    const bool no_class = std::none_of(children.begin(), children.end(), [&](std::size_t child) {
      return labels_.contains(layout_.name(child));
    });
    // In Tiny ImageNet the part has one folder, "images".
    return no_class && (layout_.has_images(part, false) || children.size() < 2);
  }

  SampleColumns validation_part(std::size_t part) {
    if (!flat(part)) return labelled(part);
    const auto list = flat_labels(*tree_, layout_.path(part));
    if (!list) {
      throw DataError(fmt::format(
          "{}: holds no class folders: sort the images into folders that are named as those of "
          "training, or name their classes in a table (data.source = \"table\")",
          layout_.message_name(part)));
    }
    SampleColumns columns{.schema = schema_, .files = layout_.images(part, true)};
    for (const std::uint32_t file : columns.files) {
      const std::string name(without_extension(tree_->files().name(file)));
      const auto entry = list->classes.find(name);
      if (entry == list->classes.end()) {
        throw DataError(
            fmt::format("{}: does not name the image {}", list->file, tree_->name(file)));
      }
      const auto label = labels_.find(entry->second);
      if (label == labels_.end()) {
        throw DataError(fmt::format("{}: the class \"{}\" of {} is not among those of training",
                                    list->file, entry->second, name));
      }
      columns.classes.push_back(label->second);
    }
    return columns;
  }

  SampleColumns test_part(std::size_t part) {
    if (!flat(part)) return labelled(part);
    count_others(part, true);
    return {.schema = {}, .files = layout_.images(part, true)};
  }

  void count_others(std::size_t folder, bool deep) {
    const auto [first, end] = layout_.files(folder, deep);
    for (std::size_t i = first; i < end; ++i) {
      if (layout_.is_image(i)) continue;
      if (others_++ == 0) first_other_ = tree_->name(i);
    }
  }

  std::shared_ptr<const SampleSource> samples(SampleColumns columns) {
    if (others_ > 0) {
      notes_.push_back(
          others_ == 1 ? fmt::format("{} is not an image by its name: left out", first_other_)
                       : fmt::format("{} files are not images by their names, such as {}: left out",
                                     others_, first_other_));
    }
    others_ = 0;
    if (columns.files.empty()) return nullptr;
    return file_samples(tree_, std::move(columns));
  }

  std::shared_ptr<const FileTree> tree_;
  const FolderOptions& options_;
  FolderLayout layout_;
  TargetSchema schema_;
  std::map<std::string, std::int32_t> labels_;  // of class folders
  std::unordered_map<std::string, std::int32_t> groups_;
  Names notes_;
  std::size_t others_ = 0;
  std::string first_other_;
};

}  // namespace
}  // namespace ridgeline::data

namespace ridgeline {

SampleParts class_folders(const std::filesystem::path& path, const FolderOptions& options) {
  auto tree = data::open_tree(
      path, {.follow_links = options.follow_links, .index_from = options.index_from});
  return data::ClassFolders(std::move(tree), options).read();
}

}  // namespace ridgeline
