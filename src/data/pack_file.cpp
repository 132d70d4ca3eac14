#include "data/pack_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <bit>
#include <cstring>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is written as memory has it");

struct Header {
  char magic[8];
  std::uint64_t key, images, index;
  std::uint32_t crc, unused;
};
constexpr char magic[] = "RLPACK01";

std::uint32_t crc_of(const void* bytes, std::size_t size) {
  return static_cast<std::uint32_t>(
      crc32_z(0, static_cast<const unsigned char*>(bytes), static_cast<z_size_t>(size)));
}

std::filesystem::path in_a_folder(const std::filesystem::path& path) {
  make_folder(path.parent_path());
  return path;
}

std::span<const std::byte> bytes_of(const auto& object) {
  return std::as_bytes(std::span(&object, 1));
}

}  // namespace

std::shared_ptr<const PackFile> PackFile::open(const std::filesystem::path& path, std::uint64_t key,
                                               std::size_t images) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                     status.st_size >= static_cast<off_t>(sizeof(Header));
  const auto size = static_cast<std::size_t>(known ? status.st_size : 0);
  void* memory = known ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED;
  ::close(descriptor);
  if (memory == MAP_FAILED) return nullptr;
  std::shared_ptr<PackFile> file(new PackFile);
  file->memory_ = static_cast<const std::uint8_t*>(memory);
  file->size_ = size;

  Header header;
  std::memcpy(&header, memory, sizeof header);
  const std::uint64_t index_bytes = images * sizeof(Entry);
  const bool fits = std::memcmp(header.magic, magic, sizeof header.magic) == 0 &&
                    header.key == key && header.images == images && header.index <= size &&
                    size - header.index == index_bytes &&
                    crc_of(file->memory_ + header.index, index_bytes) == header.crc;
  if (!fits) return nullptr;
  file->entries_.resize(images);
  std::memcpy(file->entries_.data(), file->memory_ + header.index, index_bytes);
  for (const Entry& entry : file->entries_) {
    if (entry.begin > header.index || entry.bytes() > header.index - entry.begin) return nullptr;
  }
  file->checked_.resize(images);
  return file;
}

PackFile::~PackFile() {
  if (memory_ != nullptr) ::munmap(const_cast<std::uint8_t*>(memory_), size_);
}

std::optional<PackFile::Record> PackFile::find(std::size_t image) const {
  const Entry& entry = entries_[image];
  if (entry.channels == 0) return std::nullopt;
  const std::span pixels(memory_ + entry.begin, static_cast<std::size_t>(entry.bytes()));
  std::atomic_ref<std::uint8_t> checked(checked_[image]);
  if (checked == 0) checked = crc_of(pixels.data(), pixels.size()) == entry.crc ? 1 : 2;
  if (checked == 2) return std::nullopt;
  return Record{{entry.channels, entry.height, entry.width}, pixels};
}

PackWriter::PackWriter(const std::filesystem::path& path, std::uint64_t key, std::size_t images,
                       std::uint64_t most_bytes)
    : file_(in_a_folder(path)),
      path_(path),
      key_(key),
      most_bytes_(most_bytes),
      end_(sizeof(Header)),
      entries_(images) {
  file_.write(bytes_of(Header{}));  // replaced when all is known
}

void PackWriter::add(std::size_t index, const Image& image) {
  PackFile::Entry entry{
      0, static_cast<std::uint32_t>(image.height), static_cast<std::uint32_t>(image.width),
      static_cast<std::uint32_t>(image.channels), crc_of(image.pixels.data(), image.pixels.size())};
  const std::scoped_lock lock(mutex_);
  entry.begin = end_;
  end_ += image.pixels.size();
  if (end_ + entries_.size() * sizeof(PackFile::Entry) > most_bytes_) {
    throw ResourceError(fmt::format(
        "the cache of images {} would be larger than {} MiB: raise data.cache_limit, or leave "
        "data.cache out",
        path_.string(), most_bytes_ >> 20));
  }
  file_.write(std::as_bytes(std::span(image.pixels)));
  entries_[index] = entry;
}

void PackWriter::finish() {
  const auto index = std::as_bytes(std::span(entries_));
  Header header{{}, key_, entries_.size(), end_, crc_of(index.data(), index.size()), 0};
  std::memcpy(header.magic, magic, sizeof header.magic);
  file_.write(index);
  const auto bytes = bytes_of(header);
  file_.rewrite(0, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file_.commit();
}

}  // namespace ridgeline::data
