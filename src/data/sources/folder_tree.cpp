#include "data/sources/folder_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "data/input_file.hpp"
#include "data/sources/folder_index.hpp"
#include "data/sources/index_cache.hpp"
#include "data/sources/scan.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

class FolderTree : public FileTree {
 public:
  FolderTree(fs::path root, FileList files, bool follow_links)
      : FileTree(root, std::move(files)), real_root_(fs::canonical(root)), follow_(follow_links) {}

  std::vector<std::uint8_t> read(std::size_t file, std::uint64_t at_most) const override {
    const fs::path path = root() / files().path(file);
    struct stat status {};
    // A file may have become a link since the folder was listed.
    if (!follow_ && lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
      require_inside(path, real_root_);
    }
    std::vector<std::uint8_t> bytes = read_bytes(path, std::min(at_most, most_file_bytes + 1));
    if (bytes.size() > most_file_bytes) {
      throw DataError(fmt::format("{}: is larger than {} bytes, which no image is", path.string(),
                                  most_file_bytes));
    }
    if (bytes.empty()) throw DataError(fmt::format("{}: is empty", path.string()));
    return bytes;
  }
  std::optional<std::uint64_t> stamp(std::size_t file) const override {
    return stamp_of(root() / files().path(file));
  }

 private:
  fs::path real_root_;
  bool follow_;
};

/// What an index is valid for: the folder, and the way that it was listed.
std::string index_key(const fs::path& real_root, const TreeOptions& options) {
  return real_root.string() + (options.follow_links ? "\nlinks" : "");
}

/// Whether no folder has changed since it was listed.
bool current(const FolderListing& listing, const fs::path& root) {
  const auto& folders = listing.files.folders();
  for (std::size_t f = 0; f < folders.size(); ++f) {
    if (listing.times[f] == FolderTimes{} ||
        listing.times[f] != folder_times(root / folders[f].path)) {
      return false;
    }
  }
  return !folders.empty();
}

std::optional<FolderListing> indexed_listing(std::string_view key) {
  const auto bytes = load_index(key);
  if (!bytes) return std::nullopt;
  try {
    return read_index(*bytes, key);
  } catch (const DataError&) {
    return std::nullopt;
  }
}

}  // namespace

std::shared_ptr<const FileTree> open_folder(const fs::path& path, const TreeOptions& options) {
  const bool indexed = options.index_from > 0 && !options.only;
  const std::string key = index_key(fs::canonical(path), options);
  auto known = indexed ? indexed_listing(key) : std::nullopt;
  if (known && current(*known, path)) {
    return std::make_shared<FolderTree>(path, std::move(known->files), options.follow_links);
  }
  FolderListing listing = list_folder(path, options);
  if (indexed && listing.files.size() >= options.index_from) {
    save_index(key, write_index(listing, key));
  }
  return std::make_shared<FolderTree>(path, std::move(listing.files), options.follow_links);
}

}  // namespace ridgeline::data
