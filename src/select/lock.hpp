#pragma once
// A folder that one program at a time may use.

#include <filesystem>

namespace ridgeline::selection {

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

}  // namespace ridgeline::selection
