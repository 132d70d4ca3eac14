#include "data/formats/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "data/file.hpp"
#include "data/memory.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

/// "train" and "images" make "train-images-idx3-ubyte" and its variants.
std::vector<std::string> spellings(std::string_view part, std::string_view what) {
  const int rank = what == "images" ? 3 : 1;
  std::vector<std::string> all;
  for (char joint : {'-', '.'}) {
    for (const char* suffix : {"", ".gz"}) {
      all.push_back(fmt::format("{}-{}{}idx{}-ubyte{}", part, what, joint, rank, suffix));
    }
  }
  return all;
}

std::optional<fs::path> find(const fs::path& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::error_code error;
    const bool exists = fs::exists(folder / name, error);
    // If the folder may not be read, opening the file says so.
    if (exists || error == std::errc::permission_denied) return folder / name;
  }
  return std::nullopt;
}

fs::path find_or_throw(const fs::path& folder, const std::vector<std::string>& names) {
  if (auto path = find(folder, names)) return *path;
  throw DataError(fmt::format("{}: {} is missing (or the same with .gz, or with a dot before idx)",
                              folder.string(), names.front()));
}

std::uint32_t read_number(FileReader& reader) {
  std::array<std::uint8_t, 4> bytes{};
  reader.read(bytes);
  std::uint32_t number = 0;
  for (std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

struct Array {
  std::vector<std::uint32_t> dims;
  std::vector<std::uint8_t> bytes;
};

Array read_array(const fs::path& path, std::uint32_t rank) {
  FileReader reader(path);
  const std::uint32_t expected_magic = 0x800 + rank;
  const std::uint32_t magic = read_number(reader);
  if (magic != expected_magic) {
    throw DataError(fmt::format(
        "{}: the number at byte 0 is {:#010x}, and an IDX file of {} begins with {:#010x}",
        path.string(), magic, rank == 3 ? "images" : "labels", expected_magic));
  }
  Array array;
  std::uint64_t size = 1;
  for (std::uint32_t axis = 0; axis < rank; ++axis) {
    const std::uint32_t dim = read_number(reader);
    if (dim == 0) {
      throw DataError(
          fmt::format("{}: the dimension at byte {} is 0", path.string(), 4 + 4 * axis));
    }
    array.dims.push_back(dim);
    // Once the file is too small for it, the size grows no more: it could overflow.
    size = size > reader.most_bytes() ? size : size * dim;
  }
  if (size > reader.most_bytes()) {
    throw DataError(
        fmt::format("{}: is cut short or broken: the header at byte 4 announces {} "
                    "bytes of data, more than the file's {} bytes can hold",
                    path.string(), fmt::join(array.dims, "x"), reader.stored_bytes()));
  }
  array.bytes.resize(size);
  reader.read(array.bytes);
  reader.expect_end();
  return array;
}

struct Part {
  std::shared_ptr<const SampleSource> images;
  std::vector<std::int32_t> labels;
};

Part read_part(const fs::path& folder, std::string_view part, std::size_t classes) {
  const fs::path images_path = find_or_throw(folder, spellings(part, "images"));
  const fs::path labels_path = find_or_throw(folder, spellings(part, "labels"));
  Array labels = read_array(labels_path, 1);
  Array images = read_array(images_path, 3);
  if (images.dims[0] != labels.dims[0]) {
    throw DataError(
        fmt::format("{}: holds {} images, but {} holds {} labels: there must be one "
                    "label for each image",
                    images_path.string(), images.dims[0], labels_path.string(), labels.dims[0]));
  }
  if (classes != 0) {
    const auto wrong = std::find_if(labels.bytes.begin(), labels.bytes.end(),
                                    [&](std::uint8_t label) { return label >= classes; });
    if (wrong != labels.bytes.end()) {
      throw DataError(fmt::format("{}: the label at byte {} is {}: labels go from 0 to {}",
                                  labels_path.string(), 8 + (wrong - labels.bytes.begin()), *wrong,
                                  classes - 1));
    }
  }
  return {
      byte_images({.bytes = std::move(images.bytes), .shape = {1, images.dims[1], images.dims[2]}}),
      {labels.bytes.begin(), labels.bytes.end()}};
}

}  // namespace

std::vector<std::string> idx_markers() {
  return spellings("train", "images");
}

TrainTest read_idx(const fs::path& folder, const IdxOptions& options) {
  const bool has_test = options.test_required || find(folder, spellings("t10k", "images"));
  Part train = read_part(folder, "train", options.names.size());
  Part test;
  if (has_test) test = read_part(folder, "t10k", options.names.size());
  if (has_test && train.images->image_shape() != test.images->image_shape()) {
    throw DataError(fmt::format("{}: the training images are {} and the test images {}",
                                folder.string(), train.images->image_shape().text(),
                                test.images->image_shape().text()));
  }
  std::vector<std::string> names = options.names;
  if (names.empty()) {
    std::int32_t largest = 0;
    for (const auto* labels : {&train.labels, &test.labels}) {
      for (std::int32_t label : *labels) largest = std::max(largest, label);
    }
    names = numbered_names(largest + 1);
  }
  TrainTest both;
  both.train = Dataset(train.images, std::move(train.labels), names);
  if (has_test) both.test = Dataset(test.images, std::move(test.labels), names);
  return both;
}

}  // namespace ridgeline::data
