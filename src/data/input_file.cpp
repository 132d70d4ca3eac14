#include "data/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

[[noreturn]] void throw_not_read(const std::filesystem::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    throw DataError(fmt::format("{}: there is no such file", path.string()));
  }
  throw ResourceError(
      fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(error)));
}

}  // namespace

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

InputFile::InputFile(std::filesystem::path path) : path_(std::move(path)) {
  // Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
  descriptor_ = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor_ < 0) throw_not_read(path_, errno);
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) {
    const int error = errno;
    close(descriptor_);
    throw_not_read(path_, error);
  }
  if (!S_ISREG(status.st_mode)) {
    close(descriptor_);
    throw DataError(fmt::format("{}: is {}, where a file is expected", path_.string(),
                                S_ISDIR(status.st_mode) ? "a folder" : "not a regular file"));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  modified_ = nanoseconds(status.st_mtim);
  changed_ = nanoseconds(status.st_ctim);
}

InputFile::~InputFile() {
  close(descriptor_);
}

void InputFile::read(std::uint64_t at, std::span<std::uint8_t> bytes) const {
  const std::uint64_t end = at + bytes.size();
  while (!bytes.empty()) {
    const ssize_t got = pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_not_read(path_, errno);
    if (got == 0) {
      throw DataError(
          fmt::format("{}: is cut short: it ends at byte {} of {}", path_.string(), at, end));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
}

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, std::uint64_t at_most) {
  const InputFile file(path);
  std::vector<std::uint8_t> bytes(std::min(file.size(), at_most));
  file.read(0, bytes);
  return bytes;
}

}  // namespace ridgeline::data
