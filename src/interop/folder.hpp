#pragma once
// Folders that a program makes, and that only one program at a time may use.

#include <filesystem>
#include <vector>

namespace ridgeline::interop {

/// A folder for work that may still be refused. The destructor removes the folders that were made
/// for it, also those above, if they are empty.
class NewFolder {
 public:
  /// Throws ResourceError if it cannot be made.
  explicit NewFolder(const std::filesystem::path& folder);
  ~NewFolder();
  NewFolder(NewFolder&&) = default;
  NewFolder& operator=(NewFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Whether this object made it. If several programs make it at once, only one of them did.
  bool made() const { return !made_.empty() && made_.back() == path_; }

 private:
  void make(const std::filesystem::path& folder);

  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;  // from the top
};

/// Moves a folder if it exists and `to` does not, and makes the folders above `to`. Throws
/// ResourceError if that fails.
void move_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// Locks the folder during its lifetime. The system unlocks it if the program is killed.
class FolderLock {
 public:
  /// Throws ResourceError if another program has locked it, or the folder cannot be read.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace ridgeline::interop
