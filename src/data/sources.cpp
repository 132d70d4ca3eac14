// The table of sources. A new format is its file in formats/, its test and one entry here.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "data/formats/cifar.hpp"
#include "data/formats/idx.hpp"
#include "data/places.hpp"
#include "data/sources/registered.hpp"
#include "data/whole_sources.hpp"
#include "options/kind_registry.hpp"
#include "ridgeline/dataset.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

namespace fs = std::filesystem;

std::vector<DataSource> built_in() {
  using namespace data;
  const std::vector<std::string> clothes{"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                         "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                         "Bag",         "Ankle boot"};
  const std::vector<std::string> digits{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  return {
      folder_source(),
      table_source(),
      {"cifar10",
       "CIFAR-10",
       {"cifar-10-batches-bin", "cifar10"},
       {"data_batch_1.bin"},
       "run `ridgeline data get cifar10`",
       read_cifar10},
      {"cifar100",
       "CIFAR-100",
       {"cifar-100-binary", "cifar100"},
       {"train.bin"},
       "run `ridgeline data get cifar100`",
       read_cifar100},
      {"fashion-mnist",
       "Fashion-MNIST",
       {"fashion-mnist", "FashionMNIST/raw"},
       idx_markers(),
       "run `ridgeline data get fashion-mnist`, or on Debian `apt install dataset-fashion-mnist`",
       [=](const fs::path& folder) { return read_idx(folder, {.names = clothes}); }},
      {"mnist",
       "MNIST",
       {"mnist", "MNIST/raw"},
       idx_markers(),
       "run `ridgeline data get mnist`",
       [=](const fs::path& folder) { return read_idx(folder, {.names = digits}); }},
      {"idx",
       "IDX data",
       {},
       idx_markers(),
       "name the folder of train-images-idx3-ubyte and train-labels-idx1-ubyte",
       [](const fs::path& folder) { return read_idx(folder, {.test_required = false}); }},
  };
}

struct Table {
  std::mutex mutex;
  std::vector<DataSource> sources = built_in();
  std::set<std::string, std::less<>> own;  // names of the application's own sources
};

Table& table() {
  static Table table;
  return table;
}

Kind kind_of(const DataSource& source) {
  return {.name = source.name, .meaning = source.title, .options = source.options};
}

DataSource find_source(std::string_view name) {
  Table& known = table();
  {
    const std::lock_guard lock(known.mutex);
    for (const DataSource& source : known.sources) {
      if (source.name == name) return source;
    }
  }
  throw UsageError(fmt::format("there is no data source \"{}\": the known ones are {}", name,
                               fmt::join(source_names(), ", ")));
}

/// Also true if the folder may not be read: opening then says so.
bool holds(const fs::path& folder, const DataSource& source) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return source.files && fs::is_regular_file(folder, error);
  return std::any_of(source.markers.begin(), source.markers.end(), [&](const std::string& marker) {
    const fs::file_status status = fs::status(folder / marker, error);
    return fs::exists(status) || error == std::errc::permission_denied;
  });
}

fs::path find_explicit(const DataSource& source, const fs::path& path) {
  if (holds(path, source)) return path;
  for (const std::string& folder : source.folders) {
    if (holds(path / folder, source)) return path / folder;
  }
  std::error_code error;
  const bool exists = fs::exists(path, error);
  const bool folder = fs::is_directory(path, error);
  const std::string_view what = folder   ? "does not hold the data"
                                : exists ? "is not a folder"
                                         : "does not exist";
  if (source.files) {
    throw DataError(fmt::format("{}: {}: {} is expected there", path.string(), what, source.title));
  }
  throw DataError(fmt::format("{}: {}: {} is expected there, in a folder with {}", path.string(),
                              what, source.title, source.markers.front()));
}

fs::path find_usual(const DataSource& source) {
  if (source.folders.empty()) {
    throw UsageError(fmt::format("{} needs a path: {}", source.title, source.how_to_get));
  }
  std::vector<std::string> places;
  for (const fs::path& root : data::data_roots()) {
    for (const std::string& folder : source.folders) {
      if (holds(root / folder, source)) return root / folder;
    }
    places.push_back(root.string());
  }
  throw ResourceError(fmt::format("{} was not found (as {} in {}): {}, or name its folder",
                                  source.title, fmt::join(source.folders, " or "),
                                  fmt::join(places, ", "), source.how_to_get));
}

}  // namespace

void register_source(DataSource source) {
  if (source.markers.empty()) {
    throw UsageError(fmt::format(
        "the data source \"{}\" names no marker: a file, or \".\" where any folder will do",
        source.name));
  }
  Table& known = table();
  const std::lock_guard lock(known.mutex);
  count_added_kind();
  std::erase_if(known.sources, [&](const DataSource& old) { return old.name == source.name; });
  known.own.insert(source.name);
  known.sources.push_back(std::move(source));
}

std::vector<std::string> source_names() {
  Table& known = table();
  const std::lock_guard lock(known.mutex);
  std::vector<std::string> names;
  for (const DataSource& source : known.sources) names.push_back(source.name);
  return names;
}

std::vector<Kind> source_kinds() {
  Table& known = table();
  const std::lock_guard lock(known.mutex);
  std::vector<Kind> kinds;
  for (const DataSource& source : known.sources) kinds.push_back(kind_of(source));
  return kinds;
}

fs::path locate(std::string_view name, const fs::path& path) {
  const DataSource source = find_source(name);
  return path.empty() ? find_usual(source) : find_explicit(source, path);
}

DataParts load_parts(std::string_view name, const fs::path& path, const Attributes& options) {
  const DataSource source = find_source(name);
  const Attributes complete = kind_of(source).complete(options, "data.");
  const fs::path folder = locate(name, path);
  return source.open_with ? source.open_with(folder, complete) : source.open(folder);
}

TrainTest load(std::string_view name, const fs::path& path, const Attributes& options) {
  DataParts parts = load_parts(name, path, options);
  return {std::move(parts.train), std::move(parts.test)};
}

bool data::reads_all_at_once(std::string_view name) {
  Table& known = table();
  const std::lock_guard lock(known.mutex);
  const auto found = std::ranges::find(known.sources, name, &DataSource::name);
  return found != known.sources.end() && !found->files && !known.own.contains(name);
}

TrainTest cifar10(const fs::path& path) {
  return load("cifar10", path);
}
TrainTest cifar100(const fs::path& path) {
  return load("cifar100", path);
}
TrainTest fashion_mnist(const fs::path& path) {
  return load("fashion-mnist", path);
}
TrainTest mnist(const fs::path& path) {
  return load("mnist", path);
}

}  // namespace ridgeline
