#include "data/sources/scan.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <system_error>

#include "data/input_file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t second = 1'000'000'000;

struct Close {
  void operator()(DIR* folder) const { closedir(folder); }
};

// The identity of a folder. It is the same through all links.
using Identity = std::pair<dev_t, ino_t>;

class Scanner {
 public:
  Scanner(const fs::path& root, const TreeOptions& options)
      : root_(root), real_root_(fs::canonical(root)), options_(options) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    started_ = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }

  void visit(const std::string& path) {
    const fs::path folder = root_ / path;
    const std::unique_ptr<DIR, Close> entries(opendir(folder.c_str()));
    struct stat status {};
    if (!entries || fstat(dirfd(entries.get()), &status) != 0) {
      // A table may name folders that do not exist. The error is given later, with the table's row.
      if (options_.only && (errno == ENOENT || errno == ENOTDIR)) return;
      throw ResourceError(fmt::format("{}: the folder cannot be read: {}", folder.string(),
                                      std::generic_category().message(errno)));
    }
    enter({status.st_dev, status.st_ino}, folder);
    FolderTimes times{nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
    // If a file were added in the same tick of the clock, the times would not change.
    if (std::max(times.modified, times.changed) > started_ - 2 * second) times = {};
    std::vector<std::string> files, folders;
    list(entries.get(), folder, files, folders);
    std::sort(files.begin(), files.end());
    listing_.files.add_folder(path);
    listing_.times.push_back(times);
    for (const std::string& file : files) listing_.files.add_file(file);
    if (!options_.only) {
      std::sort(folders.begin(), folders.end());
      files = {};
      for (const std::string& child : folders) visit(join_path(path, child));
    }
    parents_.pop_back();
  }

  FolderListing take() { return std::move(listing_); }

 private:
  void enter(const Identity& identity, const fs::path& folder) {
    if (std::find(parents_.begin(), parents_.end(), identity) != parents_.end()) {
      throw DataError(fmt::format("{}: is a link to a folder that contains it: remove the link",
                                  folder.string()));
    }
    parents_.push_back(identity);
  }

  void list(DIR* entries, const fs::path& folder, std::vector<std::string>& files,
            std::vector<std::string>& folders) {
    while (true) {
      errno = 0;
      const dirent* entry = readdir(entries);  // NOLINT(concurrency-mt-unsafe): a stream of its own
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      // A table may name hidden files.
      if (name == "." || name == ".." || (!options_.only && hidden(name))) continue;
      unsigned char type = entry->d_type;
      if (type == DT_LNK || type == DT_UNKNOWN) {
        type = resolve(dirfd(entries), entry->d_name, folder);
      }
      if (type == DT_REG) files.emplace_back(name);
      if (type == DT_DIR) folders.emplace_back(name);
    }
    if (errno != 0) {
      throw ResourceError(fmt::format("{}: the folder cannot be read: {}", folder.string(),
                                      std::generic_category().message(errno)));
    }
  }

  unsigned char resolve(int folder_descriptor, const char* name, const fs::path& folder) const {
    struct stat status {};
    if (!options_.follow_links) {
      if (fstatat(folder_descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
      if (S_ISLNK(status.st_mode)) require_inside(folder / name, real_root_);
    }
    // A broken link counts as a file: reading it gives the right error.
    if (fstatat(folder_descriptor, name, &status, 0) != 0) return DT_REG;
    return S_ISREG(status.st_mode) ? DT_REG : S_ISDIR(status.st_mode) ? DT_DIR : DT_UNKNOWN;
  }

  const fs::path& root_;
  fs::path real_root_;
  const TreeOptions& options_;
  std::int64_t started_ = 0;
  std::vector<Identity> parents_;
  FolderListing listing_;
};

}  // namespace

FolderListing list_folder(const fs::path& root, const TreeOptions& options) {
  Scanner scanner(root, options);
  if (!options.only) {
    scanner.visit("");
    return scanner.take();
  }
  std::vector<std::string> folders(options.only->begin(), options.only->end());
  std::sort(folders.begin(), folders.end(), path_less);
  for (const std::string& folder : folders) {
    // Each part of the path may be a link.
    std::error_code error;
    if (!options.follow_links && fs::exists(root / folder, error)) {
      require_inside(root / folder, fs::canonical(root));
    }
    scanner.visit(folder);
  }
  return scanner.take();
}

FolderTimes folder_times(const fs::path& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return {};
  return {nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

void require_inside(const fs::path& path, const fs::path& real_root) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  const auto [rest, unused] =
      std::mismatch(real_root.begin(), real_root.end(), real.begin(), real.end());
  if (!error && rest == real_root.end()) return;
  throw DataError(fmt::format(
      "{}: is a link that leaves the folder {}: copy the file into it, or set data.follow_links = "
      "true if such links are intended",
      path.string(), real_root.string()));
}

}  // namespace ridgeline::data
