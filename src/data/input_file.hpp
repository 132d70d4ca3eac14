#pragma once
// A file that is read at any place, by several threads at once.

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <span>
#include <vector>

namespace ridgeline::data {

class InputFile {
 public:
  /// Throws DataError for a file that is missing or not a regular file, ResourceError for one that
  /// may not be read.
  explicit InputFile(std::filesystem::path path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  /// When it was last written and last changed, as known when it was opened: nanoseconds since
  /// 1970. Programs that copy files cannot set the second time.
  std::int64_t modified() const { return modified_; }
  std::int64_t changed() const { return changed_; }
  /// Fills `bytes` from byte `at` on. Throws DataError if the file ends too early.
  void read(std::uint64_t at, std::span<std::uint8_t> bytes) const;

 private:
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  std::int64_t modified_ = 0, changed_ = 0;
  int descriptor_ = -1;
};

/// Since 1970.
std::int64_t nanoseconds(const timespec& time);

/// A whole file, or its first `at_most` bytes. Throws as InputFile does.
std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path, std::uint64_t at_most);

}  // namespace ridgeline::data
