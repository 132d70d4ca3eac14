#pragma once
// Folders that a program makes for itself, and that one program at a time may use.

#include <filesystem>
#include <vector>

namespace ridgeline::interop {

/// A folder for what may still be refused: what was made for it, the folders above it included,
/// goes with this object where it is empty then.
class NewFolder {
 public:
  /// Throws ResourceError where it cannot be made.
  explicit NewFolder(const std::filesystem::path& folder);
  ~NewFolder();
  NewFolder(NewFolder&&) = default;
  NewFolder& operator=(NewFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Whether it was not there before: of all programs at once, only for one.
  bool made() const { return !made_.empty() && made_.back() == path_; }

 private:
  void make(const std::filesystem::path& folder);

  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;  // from the top
};

/// Moves a folder, where it is there and nothing stands at `to` yet; makes what lies above. Throws
/// ResourceError where that fails.
void move_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// Held while it lives, and given back by the system where the program is killed.
class FolderLock {
 public:
  /// Throws ResourceError where another holds it, or the folder cannot be read.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace ridgeline::interop
