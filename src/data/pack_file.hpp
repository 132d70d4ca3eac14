#pragma once
// The file of a cache of images. Numbers are little-endian.
//
//   header   "RLPACK01", u64 key, u64 images, u64 where the index begins, u32 CRC-32 of the index
//   pixels   height x width x channels bytes of one image after the other
//   index    for each image: u64 where its pixels begin, u32 height, width, channels, u32 CRC-32
//            of its pixels; channels 0: it could not be decoded

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::data {

class PackFile {
 public:
  struct Record {
    Shape shape;  ///< {channels, height, width}
    std::span<const std::uint8_t> pixels;
  };

  /// Null for a file that is not there, is damaged, or is of other images.
  static std::shared_ptr<const PackFile> open(const std::filesystem::path& path, std::uint64_t key,
                                              std::size_t images);
  ~PackFile();
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;

  /// Nothing for an image that could not be decoded, or whose pixels are damaged.
  std::optional<Record> find(std::size_t image) const;

 private:
  struct Entry {
    std::uint64_t begin = 0;
    std::uint32_t height = 0, width = 0, channels = 0, crc = 0;
    std::uint64_t bytes() const { return std::uint64_t{height} * width * channels; }
  };
  friend class PackWriter;
  PackFile() = default;

  const std::uint8_t* memory_ = nullptr;
  std::size_t size_ = 0;
  std::vector<Entry> entries_;
  // Whether the pixels of an image were looked at: 0 not yet, 1 whole, 2 damaged.
  mutable std::vector<std::uint8_t> checked_;
};

class PackWriter {
 public:
  /// Throws ResourceError.
  PackWriter(const std::filesystem::path& path, std::uint64_t key, std::size_t images,
             std::uint64_t most_bytes);
  /// From several threads at once. Throws ResourceError, also where the file grows too large.
  void add(std::size_t index, const Image& image);
  /// Writes the index and puts the file in its place.
  void finish();

 private:
  AtomicFile file_;
  std::filesystem::path path_;
  std::uint64_t key_, most_bytes_, end_;
  std::vector<PackFile::Entry> entries_;
  std::mutex mutex_;
};

}  // namespace ridgeline::data
