#pragma once
// Reading a file front to back, with errors that say where it ends too early.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ridgeline::data {

/// A plain or gzipped file, told apart by its content.
class FileReader {
 public:
  /// Throws DataError for a file that is missing, empty or no regular file, ResourceError for one
  /// that may not be read.
  explicit FileReader(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  /// Bytes of the file as it lies on the disk.
  std::uint64_t stored_bytes() const { return stored_; }
  /// Throws DataError for a file that is larger on the disk: what is read whole must not take all
  /// of the memory.
  void expect_at_most(std::uint64_t bytes) const;
  /// What the file can hold at most, unpacked: deflate shrinks nothing by more than 1032 times.
  std::uint64_t most_bytes() const;
  /// Fills `bytes`. Throws DataError where the file is cut short or corrupt.
  void read(std::span<std::uint8_t> bytes);
  /// Throws DataError where bytes follow, or gzip's checksum is wrong.
  void expect_end();

 private:
  struct Close {
    void operator()(void* file) const noexcept;
  };
  std::size_t read_some(std::span<std::uint8_t> bytes);

  std::filesystem::path path_;
  std::uint64_t stored_ = 0;
  std::uint64_t read_ = 0;
  std::unique_ptr<void, Close> file_;  // gzFile, whose header stays in file.cpp
};

/// The lines of a text file, without empty ones and without carriage returns.
std::vector<std::string> read_lines(const std::filesystem::path& path);

}  // namespace ridgeline::data
