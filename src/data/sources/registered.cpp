#include "data/sources/registered.hpp"

#include <fmt/format.h>

#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

// Every folder has the marker ".", so `open` alone decides what to accept.
const std::vector<std::string> anything{"."};

Dataset dataset(const std::shared_ptr<const SampleSource>& samples) {
  return samples ? Dataset(samples) : Dataset();
}

DataParts parts_of(SampleParts parts) {
  DataParts result;
  result.train = dataset(parts.train);
  result.validation = dataset(parts.validation);
  result.test = dataset(parts.test);
  result.notes = std::move(parts.notes);
  return result;
}

// Splits "width, height" into two words.
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(' ', begin),
                      last = text.find_last_not_of(' ', end - 1);
    if (first < end) all.push_back(text.substr(first, last - first + 1));
    begin = end + 1;
  }
  return all;
}

DataParts open_folder_source(const std::filesystem::path& path, const Attributes& options) {
  const std::string groups = options.text("groups");
  if (!groups.empty() && groups != "folder") {
    throw UsageError(fmt::format(
        "data.groups must be \"folder\" or empty for class folders, not \"{}\"", groups));
  }
  return parts_of(class_folders(path, {.train = options.text("train_folder"),
                                       .validation = options.text("validation_folder"),
                                       .test = options.text("test_folder"),
                                       .classes = options.text("classes"),
                                       .allow_empty = options.boolean("allow_empty"),
                                       .group_by_folder = groups == "folder",
                                       .follow_links = options.boolean("follow_links")}));
}

DataParts open_table_source(const std::filesystem::path& path, const Attributes& options) {
  return parts_of(image_table(path, {.table = options.text("table"),
                                     .images = options.text("images"),
                                     .format = options.text("format"),
                                     .delimiter = options.text("delimiter"),
                                     .path_column = options.text("path_column"),
                                     .path_format = options.text("path_format"),
                                     .label_columns = words(options.text("label_columns")),
                                     .task = options.text("task"),
                                     .label_separator = options.text("label_separator"),
                                     .split_column = options.text("split_column"),
                                     .group_column = options.text("groups"),
                                     .weight_column = options.text("weight_column"),
                                     .classes = options.text("classes"),
                                     .follow_links = options.boolean("follow_links")}));
}

Option text_option(std::string name, std::string meaning) {
  return {std::move(name), std::move(meaning), std::string()};
}

const std::string groups_meaning =
    "groups of images that a split does not divide: \"folder\" below a class, or a table's column";
const std::string classes_meaning = "a file that names the classes in their order";
const std::string links_meaning = "accept links that leave the folder";

}  // namespace

DataSource folder_source() {
  return {.name = "folder",
          .title = "a folder of class folders",
          .folders = {},
          .markers = anything,
          .how_to_get = "name the folder or archive of class folders: data.path=photos",
          .open = {},
          .options = {text_option("groups", groups_meaning),
                      text_option("classes", classes_meaning),
                      text_option("train_folder", "the training part; empty: \"train\""),
                      text_option("validation_folder", "empty: \"val\", \"valid\", \"validation\""),
                      text_option("test_folder", "empty: \"test\""),
                      {"allow_empty", "accept class folders without images", false},
                      {"follow_links", links_meaning, false}},
          .open_with = open_folder_source,
          .files = true};
}

DataSource table_source() {
  return {
      .name = "table",
      .title = "a table of images",
      .folders = {},
      .markers = anything,
      .how_to_get = "name the table, or the folder or archive that holds it: data.path=photos.csv",
      .open = {},
      .options = {text_option("groups", groups_meaning),
                  text_option("classes", classes_meaning),
                  text_option("table", "the table in the folder or archive; empty: the only one"),
                  text_option("images", "the folder of the paths; empty: the table's folder"),
                  text_option("format", "csv, tsv or json-lines; empty: by the file's name"),
                  text_option("delimiter", "one character; empty: as the header has it"),
                  text_option("path_column", "empty: path, file, filename, image or the like"),
                  text_option("path_format",
                              "a path with {} in place of the cell: \"train/{}.png\""),
                  text_option("label_columns", "columns of the target: \"label\", or \"x, y\""),
                  text_option("task", "classify, multi-label or regress; empty: by the columns"),
                  text_option("label_separator", "between the labels in one cell"),
                  text_option("split_column", "says train, val or test"),
                  text_option("weight_column", "how much an image counts in the loss"),
                  {"follow_links", links_meaning, false}},
      .open_with = open_table_source,
      .files = true};
}

}  // namespace ridgeline::data
