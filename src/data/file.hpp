#pragma once
// Reads a file from the beginning to the end. Errors say where it ends too early.

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
  /// Throws DataError for a file that is missing, empty or not a regular file, ResourceError for
  /// one that may not be read.
  explicit FileReader(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  /// The size of the file on the disk.
  std::uint64_t stored_bytes() const { return stored_; }
  /// Throws DataError if the file is larger on the disk. A file that is read whole must not fill
  /// the memory.
  void expect_at_most(std::uint64_t bytes) const;
  /// The largest possible size when unpacked: deflate shrinks nothing by more than 1032 times.
  std::uint64_t most_bytes() const;
  /// Fills `bytes`. Throws DataError if the file is cut short or corrupt.
  void read(std::span<std::uint8_t> bytes);
  /// Throws DataError if more bytes follow, or if gzip's checksum is wrong.
  void expect_end();

 private:
  struct Close {
    void operator()(void* file) const noexcept;
  };
  std::size_t read_some(std::span<std::uint8_t> bytes);

  std::filesystem::path path_;
  std::uint64_t stored_ = 0;
  std::uint64_t read_ = 0;
  std::unique_ptr<void, Close> file_;  // a gzFile; only file.cpp includes zlib.h
};

/// The lines of a text file, without empty ones and without carriage returns.
std::vector<std::string> read_lines(const std::filesystem::path& path);

}  // namespace ridgeline::data
