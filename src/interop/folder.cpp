#include "interop/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ranges>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::interop {

NewFolder::NewFolder(const std::filesystem::path& folder) : path_(folder) {
  make(path_);
}

NewFolder::~NewFolder() {
  for (const auto& folder : std::views::reverse(made_)) {
    if (rmdir(folder.c_str()) != 0) return;
  }
}

void NewFolder::make(const std::filesystem::path& folder) {
  int result = mkdir(folder.c_str(), 0777);
  if (result != 0 && errno == ENOENT && folder.has_parent_path()) {
    make(folder.parent_path());
    result = mkdir(folder.c_str(), 0777);
  }
  if (result == 0) {
    made_.push_back(folder);
    return;
  }
  const int error = errno;
  std::error_code unknown;
  if (std::filesystem::is_directory(folder, unknown)) return;
  throw ResourceError(fmt::format("the folder {} cannot be made: {}", folder.string(),
                                  std::generic_category().message(error)));
}

void move_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  if (!std::filesystem::exists(from, error) || std::filesystem::exists(to, error)) return;
  std::filesystem::create_directories(to.parent_path(), error);
  if (!error) std::filesystem::rename(from, to, error);
  if (!error) return;
  throw ResourceError(fmt::format("the folder {} cannot be moved to {}: {}", from.string(),
                                  to.string(), error.message()));
}

FolderLock::FolderLock(const std::filesystem::path& folder)
    : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw ResourceError(fmt::format("the folder {} cannot be opened: {}", folder.string(),
                                    std::generic_category().message(errno)));
  }
  // On a file system without locks every program continues without a lock.
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  close(descriptor_);
  throw ResourceError(
      fmt::format("the folder {} is in use by another program: wait until that has ended, or name "
                  "another folder",
                  folder.string()));
}

FolderLock::~FolderLock() {
  close(descriptor_);
}

}  // namespace ridgeline::interop
