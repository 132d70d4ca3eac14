#include "data/file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

template <typename Close>
gzFile handle(const std::unique_ptr<void, Close>& file) {
  return static_cast<gzFile>(file.get());
}

[[noreturn]] void throw_not_opened(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    throw DataError(fmt::format("{}: there is no such file", path.string()));
  }
  throw ResourceError(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(error)));
}

}  // namespace

void FileReader::Close::operator()(void* file) const noexcept {
  gzclose_r(static_cast<gzFile>(file));
}

FileReader::FileReader(fs::path path) : path_(std::move(path)) {
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (!fs::status_known(status) || !fs::exists(status)) throw_not_opened(path_, error.value());
  if (!fs::is_regular_file(status)) {
    throw DataError(fmt::format("{}: is {}, where a file is expected", path_.string(),
                                fs::is_directory(status) ? "a folder" : "not a regular file"));
  }
  errno = 0;
  file_.reset(gzopen(path_.c_str(), "rb"));
  if (!file_) throw_not_opened(path_, errno != 0 ? errno : ENOMEM);
  gzbuffer(handle(file_), 1 << 18);
  stored_ = fs::file_size(path_, error);
  if (error) throw_not_opened(path_, error.value());
  if (stored_ == 0) throw DataError(fmt::format("{}: is empty", path_.string()));
}

void FileReader::expect_at_most(std::uint64_t bytes) const {
  if (stored_ <= bytes) return;
  throw DataError(fmt::format("{}: has {} bytes, and a file of its kind at most {}", path_.string(),
                              stored_, bytes));
}

std::uint64_t FileReader::most_bytes() const {
  constexpr std::uint64_t most = 1032;
  return gzdirect(handle(file_)) ? stored_ : stored_ * most;
}

std::size_t FileReader::read_some(std::span<std::uint8_t> bytes) {
  constexpr std::size_t piece = std::size_t{1} << 30;
  const int count =
      gzread(handle(file_), bytes.data(), static_cast<unsigned>(std::min(bytes.size(), piece)));
  int status = Z_OK;
  const char* message = gzerror(handle(file_), &status);
  if (status == Z_ERRNO) {
    throw ResourceError(
        fmt::format("{}: cannot be read: {}", path_.string(), std::strerror(errno)));
  }
  // zlib may have given bytes before the error. They count, so that the position is exact.
  if (count > 0) read_ += static_cast<std::uint64_t>(count);
  if (status == Z_BUF_ERROR) {
    throw DataError(
        fmt::format("{}: the gzip file is cut short: it ends at byte {}, {} bytes "
                    "unpacked",
                    path_.string(), stored_, read_));
  }
  if (status != Z_OK && status != Z_STREAM_END) {
    throw DataError(fmt::format("{}: the gzip file is corrupt near byte {}: {}", path_.string(),
                                gzoffset(handle(file_)), message));
  }
  return static_cast<std::size_t>(std::max(count, 0));
}

void FileReader::read(std::span<std::uint8_t> bytes) {
  const std::uint64_t end = read_ + bytes.size();
  while (!bytes.empty()) {
    const std::size_t count = read_some(bytes);
    if (count == 0) {
      throw DataError(
          fmt::format("{}: is cut short: it ends at byte {} of {}", path_.string(), read_, end));
    }
    bytes = bytes.subspan(count);
  }
}

void FileReader::expect_end() {
  std::uint8_t more = 0;
  const std::uint64_t end = read_;
  if (read_some({&more, 1}) != 0) {
    throw DataError(
        fmt::format("{}: continues after byte {}, where it should end", path_.string(), end));
  }
}

std::vector<std::string> read_lines(const fs::path& path) {
  constexpr std::uint64_t most = 16 << 20;
  FileReader reader(path);
  reader.expect_at_most(most);
  std::string text(reader.stored_bytes(), '\0');
  reader.read({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  std::vector<std::string> lines(1);
  for (char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else if (c != '\r') {
      lines.back() += c;
    }
  }
  std::erase(lines, "");
  return lines;
}

}  // namespace ridgeline::data
