#include "data/formats/cifar.hpp"

#include <fmt/format.h>

#include "data/file.hpp"
#include "data/memory.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

struct Version {
  const char* title;
  std::vector<std::string> train, test;  // files
  const char* names_file;
  std::vector<std::string> names;  // used if there is no names_file
  std::vector<int> label_bounds;   // one per label byte; the last label is the class
};

Dataset read_files(const fs::path& folder, const std::vector<std::string>& files,
                   const Version& version, const std::vector<std::string>& names) {
  const Shape shape{3, 32, 32};
  const std::size_t label_bytes = version.label_bounds.size();
  const std::size_t record = label_bytes + static_cast<std::size_t>(shape.elements());
  std::vector<FileReader> readers;
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    const FileReader& reader = readers.emplace_back(folder / file);
    const std::uint64_t size = reader.stored_bytes();
    if (size % record != 0) {
      throw DataError(fmt::format(
          "{}: is cut short or no {} file: its size must be a multiple of {} bytes, and {} bytes "
          "follow the last whole image at byte {}",
          reader.path().string(), version.title, record, size % record, size - size % record));
    }
    total += size;
  }
  std::vector<std::uint8_t> bytes;
  std::vector<std::int32_t> labels;
  bytes.reserve(total);
  labels.reserve(total / record);
  for (FileReader& reader : readers) {
    const std::size_t begin = bytes.size();
    bytes.resize(begin + reader.stored_bytes());
    reader.read(std::span(bytes).subspan(begin));
    for (std::size_t at = begin; at < bytes.size(); at += record) {
      for (std::size_t k = 0; k < label_bytes; ++k) {
        if (bytes[at + k] >= version.label_bounds[k]) {
          throw DataError(fmt::format("{}: the label at byte {} is {}: {}'s labels go from 0 to {}",
                                      reader.path().string(), at + k - begin, bytes[at + k],
                                      version.title, version.label_bounds[k] - 1));
        }
      }
      labels.push_back(bytes[at + label_bytes - 1]);
    }
  }
  return Dataset(byte_images({std::move(bytes), shape, label_bytes, record}), std::move(labels),
                 names);
}

TrainTest read_version(const fs::path& folder, const Version& version) {
  std::vector<std::string> names = version.names;
  const fs::path names_file = folder / version.names_file;
  if (std::error_code error; fs::exists(names_file, error)) {
    names = read_lines(names_file);
    if (names.size() != version.names.size()) {
      throw DataError(fmt::format("{}: names {} classes, and {} has {}", names_file.string(),
                                  names.size(), version.title, version.names.size()));
    }
  }
  return {read_files(folder, version.train, version, names),
          read_files(folder, version.test, version, names)};
}

}  // namespace

TrainTest read_cifar10(const fs::path& folder) {
  return read_version(folder, {.title = "CIFAR-10",
                               .train = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                         "data_batch_4.bin", "data_batch_5.bin"},
                               .test = {"test_batch.bin"},
                               .names_file = "batches.meta.txt",
                               .names = {"airplane", "automobile", "bird", "cat", "deer", "dog",
                                         "frog", "horse", "ship", "truck"},
                               .label_bounds = {10}});
}

TrainTest read_cifar100(const fs::path& folder) {
  return read_version(folder, {.title = "CIFAR-100",
                               .train = {"train.bin"},
                               .test = {"test.bin"},
                               .names_file = "fine_label_names.txt",
                               .names = numbered_names(100),
                               .label_bounds = {20, 100}});
}

}  // namespace ridgeline::data
