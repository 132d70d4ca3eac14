#pragma once
// A pack that is mapped into memory.

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/cache/image_store.hpp"
#include "data/cache/pack_format.hpp"

namespace ridgeline::data {

class PackFile final : public ImageStore {
 public:
  /// What the pack must contain.
  struct Wanted {
    std::string key;
    std::size_t images = 0;
    /// The place of each of the source's images among those of the pack; `images` for those that
    /// it does not have.
    std::vector<std::uint32_t> places;
    /// Called once, from any thread, if the pixels of an image are damaged. The file is then
    /// removed, and the image is decoded again.
    std::function<void(const std::string& sentence)> on_note;
  };

  /// Null if the file does not exist. Throws DataError if it is damaged, or if its images have
  /// changed since.
  static std::shared_ptr<const PackFile> open(const std::filesystem::path& path, Wanted wanted);
  std::uint64_t bytes() const { return memory_.size(); }
  ~PackFile() override;
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;

  std::optional<Decoded> decoded(std::size_t image) const override;
  std::optional<ImageRecord> at_scale(std::size_t image, int scale) const override;
  std::optional<ImageRecord> fitted(std::size_t image) const override;
  bool read(std::size_t image, std::span<float> numbers) const override;

 private:
  PackFile(std::filesystem::path path, Wanted wanted)
      : path_(std::move(path)), wanted_(std::move(wanted)) {}
  bool map();
  void read_index();
  void remove() const;
  std::span<const PackEntry> entries_of(std::size_t image) const;
  std::optional<ImageRecord> find(std::size_t image, int scale) const;
  bool whole(const PackEntry& entry) const;

  std::filesystem::path path_;
  Wanted wanted_;
  std::span<const std::uint8_t> memory_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::vector<PackEntry> entries_;
  std::vector<std::uint32_t> first_;  // the first entry of each image, and the number of entries
  // Whether the checksum of an entry's pixels was checked.
  enum Looked : std::uint8_t { not_yet, undamaged, damaged };
  mutable std::vector<std::uint8_t> looked_;
  mutable std::uint8_t told_ = 0;
};

}  // namespace ridgeline::data
