#include "tensor/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) {
  return std::generic_category().message(error);
}

// Whether `path` still names the open file: its last owner may have moved it away before we had
// the lock.
bool names(const fs::path& path, int descriptor) {
  struct stat open_file {
  }, named_file{};
  return fstat(descriptor, &open_file) == 0 && stat(path.c_str(), &named_file) == 0 &&
         open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

// A rename is on the disk only after its folder is written. Some file systems cannot sync folders,
// but do not need it.
void sync_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& target) : target_(target) {
  std::error_code error;
  if (fs::is_symlink(target, error)) target_ = fs::weakly_canonical(target, error);
  const fs::file_status there = fs::status(target_, error);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    throw ResourceError(
        fmt::format("{} cannot be written: it is not a regular file", target.string()));
  }
  part_ = target_;
  part_ += ".part";
  open();
}

void AtomicFile::open() {
  while (true) {
    descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      const int error = errno;
      std::error_code unknown;
      // Folders such as /proc exist, but no file can be made in them.
      const bool no_folder = error == ENOENT && !fs::is_directory(folder_of(target_), unknown);
      fail(no_folder ? fmt::format("there is no folder {}", folder_of(target_).string())
           : error == ENOENT
               ? fmt::format("no file can be made in the folder {}", folder_of(target_).string())
               : reason(error));
    }
    while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
    if (names(part_, descriptor_)) break;
    close(descriptor_);
  }
  if (ftruncate(descriptor_, 0) != 0) {
    const int error = errno;
    unlink(part_.c_str());
    close(descriptor_);  // no destructor runs after a constructor that throws
    fail(reason(error));
  }
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  unlink(part_.c_str());
  close(descriptor_);
}

void AtomicFile::fail(std::string_view what) const {
  std::error_code unknown;
  throw ResourceError(
      fmt::format("{} cannot be written: {}{}", target_.string(), what,
                  fs::exists(target_, unknown) ? "; the file as it was is kept" : ""));
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(reason(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::rewrite(std::size_t at, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = pwrite(descriptor_, text.data(), text.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(reason(errno));
    at += static_cast<std::size_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit() {
  if (fsync(descriptor_) != 0 && errno != EINVAL) fail(reason(errno));
  if (rename(part_.c_str(), target_.c_str()) != 0) fail(reason(errno));
  close(descriptor_);  // gives up the lock only now that the name is gone
  descriptor_ = -1;
  sync_folder(folder_of(target_));
}

void write_file(const fs::path& target, std::string_view text) {
  AtomicFile file(target);
  file.write(text);
  file.commit();
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw ResourceError(
        fmt::format("the folder {} cannot be made: {}", folder.string(), error.message()));
  }
}

}  // namespace ridgeline
