#include "data/cache/pack_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "data/crc32.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

bool sensible(std::uint32_t height, std::uint32_t width, std::uint8_t channels) {
  constexpr std::uint32_t longest = 1 << 24;  // the number of bytes cannot overflow
  return height > 0 && height <= longest && width > 0 && width <= longest &&
         (channels == 1 || channels == 3);
}

// Whether the pixels of an image are before the index, which is at byte `index`.
bool sensible(const PackEntry& entry, std::uint64_t index) {
  return sensible(entry.height, entry.width, entry.channels) &&
         sensible(entry.original_height, entry.original_width, entry.original_channels) &&
         entry.begin <= index && entry.bytes() <= index - entry.begin;
}

/// A pack that is whole, of images that have changed since.
struct Outdated {};

}  // namespace

// Returns false if the file does not exist.
bool PackFile::map() {
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct stat status {};
  std::size_t size = 0;
  void* memory = MAP_FAILED;
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    size = static_cast<std::size_t>(status.st_size);
    if (size >= sizeof(PackHeader)) {
      memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
    }
  }
  close(descriptor);
  if (memory == MAP_FAILED) throw DataError("it is cut short or cannot be mapped");
  memory_ = std::span(static_cast<const std::uint8_t*>(memory), size);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  return true;
}

// Another process may have put a new file in its place.
void PackFile::remove() const {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0) return;
  if (status.st_dev != device_ || status.st_ino != inode_) return;
  std::error_code error;
  std::filesystem::remove(path_, error);
}

std::shared_ptr<const PackFile> PackFile::open(const std::filesystem::path& path, Wanted wanted) {
  const std::shared_ptr<PackFile> file(new PackFile(path, std::move(wanted)));
  try {
    if (!file->map()) return nullptr;
    file->read_index();
  } catch (const Outdated&) {
    throw DataError(fmt::format(
        "{} is of images that have changed since, or another version made it", path.string()));
  } catch (const DataError& error) {
    throw DataError(fmt::format("{} is damaged: {}", path.string(), error.what()));
  }
  return file;
}

void PackFile::read_index() {
  PackHeader header;
  std::memcpy(&header, memory_.data(), sizeof header);
  const std::string_view key(header.key.data(), header.key.size());
  if (header.magic != pack_magic) throw DataError("it does not begin as a pack of images");
  if (key != wanted_.key) throw Outdated();
  if (header.images != wanted_.images) throw DataError("it is a pack of other images");
  constexpr std::size_t most_entries = std::size_t{1} << 40;
  if (header.index > memory_.size() || header.entries > most_entries ||
      memory_.size() - header.index != header.entries * sizeof(PackEntry)) {
    throw DataError("it is cut short");
  }
  const auto index = memory_.subspan(header.index);
  if (crc32_of(index) != header.index_crc) throw DataError("the checksum of its index is wrong");
  entries_.resize(header.entries);
  if (!index.empty()) std::memcpy(entries_.data(), index.data(), index.size());
  first_.assign(wanted_.images + 1, 0);
  std::uint32_t before = 0;
  for (const PackEntry& entry : entries_) {
    if (entry.image < before || entry.image >= wanted_.images || !sensible(entry, header.index)) {
      throw DataError("its index makes no sense");
    }
    before = entry.image;
    ++first_[entry.image + 1];
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  looked_.assign(entries_.size(), not_yet);
}

PackFile::~PackFile() {
  if (!memory_.empty()) munmap(const_cast<std::uint8_t*>(memory_.data()), memory_.size());
}

std::span<const PackEntry> PackFile::entries_of(std::size_t image) const {
  const std::size_t place = wanted_.places[image];
  if (place >= wanted_.images) return {};
  return std::span(entries_).subspan(first_[place], first_[place + 1] - first_[place]);
}

bool PackFile::whole(const PackEntry& entry) const {
  std::atomic_ref<std::uint8_t> looked(looked_[static_cast<std::size_t>(&entry - entries_.data())]);
  if (looked == not_yet) {
    const auto pixels = memory_.subspan(entry.begin, entry.bytes());
    looked = crc32_of(pixels) == entry.crc ? undamaged : damaged;
  }
  if (looked == undamaged) return true;
  if (std::atomic_ref<std::uint8_t>(told_).exchange(1) == 0) {
    remove();
    if (wanted_.on_note) {
      wanted_.on_note(fmt::format(
          "{} was damaged: the images concerned are decoded again, and the next training makes the "
          "file again",
          path_.string()));
    }
  }
  return false;
}

std::optional<ImageRecord> PackFile::find(std::size_t image, int scale) const {
  const auto entries = entries_of(image);
  const auto found = std::ranges::find(entries, scale, &PackEntry::scale);
  if (found == entries.end() || !whole(*found)) return std::nullopt;
  return ImageRecord{scale,
                     found->shift_x,
                     found->shift_y,
                     {found->original_channels, found->original_height, found->original_width},
                     {found->channels, found->height, found->width,
                      memory_.subspan(found->begin, found->bytes())}};
}

std::optional<ImageStore::Decoded> PackFile::decoded(std::size_t image) const {
  for (const PackEntry& entry : entries_of(image)) {
    if (entry.scale == 0) continue;
    return Decoded{{entry.original_channels, entry.original_height, entry.original_width},
                   entry.most};
  }
  return std::nullopt;
}
std::optional<ImageRecord> PackFile::at_scale(std::size_t image, int scale) const {
  return find(image, scale);
}
std::optional<ImageRecord> PackFile::fitted(std::size_t image) const {
  return find(image, 0);
}
bool PackFile::read(std::size_t, std::span<float>) const {
  return false;
}

}  // namespace ridgeline::data
