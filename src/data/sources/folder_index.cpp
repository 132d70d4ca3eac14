#include "data/sources/folder_index.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

// The magic, then numbers of the machine's own byte order: the file never leaves the machine.
constexpr std::string_view magic = "ridgeline index 1\n";
constexpr std::uint64_t byte_order = 0x0102030405060708;

void put(std::string& bytes, std::uint64_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put(std::string& bytes, std::string_view text) {
  put(bytes, text.size());
  bytes += text;
}

std::uint64_t checksum(std::string_view bytes) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

[[noreturn]] void broken() {
  throw DataError("the index is not whole");
}

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) broken();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number()); }
  std::string_view until(char end) {
    const std::string_view taken = take(std::min(bytes_.find(end), bytes_.size()));
    take(1);
    return taken;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string write_index(const FolderListing& listing, std::string_view key) {
  const FileList& files = listing.files;
  std::string bytes(magic);
  put(bytes, byte_order);
  put(bytes, key);
  put(bytes, files.folders().size());
  for (std::size_t f = 0; f < files.folders().size(); ++f) {
    const FileList::Folder& folder = files.folders()[f];
    put(bytes, folder.path);
    put(bytes, static_cast<std::uint64_t>(listing.times[f].modified));
    put(bytes, static_cast<std::uint64_t>(listing.times[f].changed));
    put(bytes, folder.count);
    // NUL is the one byte that no name has.
    for (std::size_t i = folder.first; i < folder.first + folder.count; ++i) {
      bytes += files.name(i);
      bytes += '\0';
    }
  }
  put(bytes, checksum(bytes));
  return bytes;
}

FolderListing read_index(std::span<const std::uint8_t> bytes, std::string_view key) {
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (all.size() < magic.size() + sizeof(std::uint64_t)) broken();
  const std::string_view body = all.substr(0, all.size() - sizeof(std::uint64_t));
  if (Input(all.substr(body.size())).number() != checksum(body)) broken();
  Input input(body);
  if (input.take(magic.size()) != magic || input.number() != byte_order || input.text() != key) {
    broken();
  }
  FolderListing listing;
  std::string_view last;
  for (std::uint64_t folders = input.number(); folders > 0; --folders) {
    const std::string_view path = input.text();
    if (!listing.times.empty() && !path_less(last, path)) broken();
    last = path;
    const auto modified = static_cast<std::int64_t>(input.number());
    const auto changed = static_cast<std::int64_t>(input.number());
    listing.files.add_folder(path);
    listing.times.push_back({modified, changed});
    for (std::uint64_t count = input.number(); count > 0; --count) {
      listing.files.add_file(input.until('\0'));
    }
  }
  if (!input.empty()) broken();
  return listing;
}

}  // namespace ridgeline::data
