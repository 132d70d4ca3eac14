#pragma once
// Writes a pack. The file gets its name only when it is complete.

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "data/cache/image_store.hpp"
#include "data/cache/pack_format.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::data {

class PackWriter {
 public:
  /// Waits for another process that writes the same pack. Throws ResourceError.
  PackWriter(const std::filesystem::path& path, std::uint64_t most_bytes);
  /// Adds an image at one size; scale 0: at the network's size. May be called from several threads.
  /// Throws ResourceError, also if the file would be larger than `most_bytes`.
  void add(std::size_t image, const ImageRecord& record, int most);
  /// Writes the index and puts the file in its place.
  void finish(const std::string& key, std::size_t images);
  /// The size of the file so far.
  std::uint64_t bytes() const { return end_; }

 private:
  AtomicFile file_;
  std::filesystem::path path_;
  std::uint64_t most_bytes_, end_ = 0;
  std::vector<PackEntry> entries_;
  std::mutex mutex_;
};

}  // namespace ridgeline::data
