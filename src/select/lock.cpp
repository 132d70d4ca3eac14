#include "select/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw ResourceError(fmt::format("{}: cannot open the study's folder: {}", folder.string(),
                                    std::generic_category().message(errno)));
  }
  // Where a file system knows no locks, SQLite's own are all there is.
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  close(descriptor_);
  throw ResourceError(
      fmt::format("{}: another program is at work on this study: wait until it has ended, or name "
                  "another folder",
                  folder.string()));
}

FolderLock::~FolderLock() {
  close(descriptor_);
}

}  // namespace ridgeline::selection
