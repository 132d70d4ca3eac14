#pragma once
// Files that get their name only when they are complete, even after a full disk, a kill or
// a power cut.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace ridgeline {

/// Writes to a file in the same folder with ".part" added to its name. commit() renames it to the
/// target. A killed process leaves at most the .part file, which the next writer of the same target
/// reuses. Several writers of one target wait for each other. Every failure is a ResourceError that
/// names the target, and leaves the old target unchanged.
class AtomicFile {
 public:
  /// `target` is a regular file or does not exist; a symbolic link is followed.
  explicit AtomicFile(const std::filesystem::path& target);
  /// Without commit(), nothing remains.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// Writes over bytes that have been written already, from byte `at` on.
  void rewrite(std::size_t at, std::string_view text);
  /// Writes the file to the disk and renames it to the target. Call it once, at the end.
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what) const;
  void open();

  std::filesystem::path target_;
  std::filesystem::path part_;
  int descriptor_ = -1;
};

/// Writes a whole small file.
void write_file(const std::filesystem::path& target, std::string_view text);

/// Makes a folder and the folders above it. Throws ResourceError.
void make_folder(const std::filesystem::path& folder);

}  // namespace ridgeline
