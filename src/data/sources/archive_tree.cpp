#include "data/sources/archive_tree.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "data/crc32.hpp"
#include "data/sources/archive_index.hpp"
#include "data/sources/index_cache.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Unpacks `size` bytes of a raw deflate stream, or fewer if it ends too early.
Bytes unpack(const Bytes& packed, std::uint64_t size) {
  Bytes bytes(size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
    throw ResourceError("there is not enough memory to unpack a member of an archive");
  }
  stream.next_in = const_cast<std::uint8_t*>(packed.data());
  stream.avail_in = static_cast<unsigned>(packed.size());
  stream.next_out = bytes.data();
  stream.avail_out = static_cast<unsigned>(bytes.size());
  inflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  inflateEnd(&stream);
  return bytes;
}

class ArchiveTree : public FileTree {
 public:
  ArchiveTree(std::unique_ptr<InputFile>&& archive, ArchiveIndex index, bool zip)
      : FileTree(archive->path(), std::move(index.files)),
        archive_(std::move(archive)),
        members_(std::move(index.members)),
        stamp_(stamp_of(archive_->path())),
        zip_(zip) {}

  Bytes read(std::size_t file, std::uint64_t at_most) const override {
    const Member& member = members_[file];
    const std::uint64_t size = std::min(member.size, at_most);
    if (size > most_file_bytes || (member.deflated && member.stored > most_file_bytes)) {
      throw DataError(fmt::format("{}: is larger than {} bytes, which no image is", name(file),
                                  most_file_bytes));
    }
    if (member.size == 0) throw DataError(fmt::format("{}: is empty", name(file)));
    Bytes bytes(member.deflated ? member.stored : size);
    archive_->read(zip_ ? data_offset(file) : member.offset, bytes);
    if (member.deflated) bytes = unpack(bytes, size);
    const bool whole_file = size == member.size;
    if (bytes.size() != size || (zip_ && whole_file && crc32_of(bytes) != member.checksum)) {
      throw DataError(
          fmt::format("{}: the member of the archive is corrupt: its {}", name(file),
                      bytes.size() != size ? "bytes end too early" : "checksum is wrong"));
    }
    return bytes;
  }
  std::optional<std::uint64_t> stamp(std::size_t) const override { return stamp_; }

 private:
  // In the local header, the name and the extra field may have other lengths than in the directory.
  std::uint64_t data_offset(std::size_t file) const {
    std::array<std::uint8_t, 30> header{};
    const std::uint64_t at = members_[file].offset;
    archive_->read(at, header);
    if (header[0] != 'P' || header[1] != 'K' || header[2] != 3 || header[3] != 4) {
      throw DataError(fmt::format("{}: the archive is corrupt: byte {} does not begin a member",
                                  name(file), at));
    }
    const auto pair = [&](std::size_t k) { return header[k] | unsigned{header[k + 1]} << 8; };
    return at + header.size() + pair(26) + pair(28);
  }

  std::unique_ptr<InputFile> archive_;
  std::vector<Member> members_;
  std::optional<std::uint64_t> stamp_;
  bool zip_;
};

using ReadIndex = ArchiveIndex (*)(const InputFile&);

/// Whether the archive's times are old enough that a later change would change them.
bool settled(const InputFile& archive) {
  constexpr auto tick = std::chrono::seconds(2);
  const auto then = std::chrono::system_clock::now().time_since_epoch() - tick;
  return std::max(archive.modified(), archive.changed()) <
         std::chrono::duration_cast<std::chrono::nanoseconds>(then).count();
}

ArchiveIndex read_or_load(const InputFile& archive, ReadIndex read_index, std::size_t index_from) {
  if (index_from == 0) return read_index(archive);
  const std::string name = std::filesystem::canonical(archive.path()).string() + "\narchive";
  const std::string key =
      fmt::format("{}\n{} {} {}", name, archive.size(), archive.modified(), archive.changed());
  if (const auto bytes = load_index(name)) {
    try {
      return read_archive_index(*bytes, key);
    } catch (const DataError&) {
      // The index is damaged, or of an older archive of this name.
    }
  }
  const bool may_keep = settled(archive);
  ArchiveIndex index = read_index(archive);
  if (may_keep && index.members.size() >= index_from) {
    save_index(name, write_archive_index(index, key));
  }
  return index;
}

std::shared_ptr<const FileTree> open_archive(const std::filesystem::path& path,
                                             ReadIndex read_index, std::size_t index_from) {
  auto archive = std::make_unique<InputFile>(path);
  ArchiveIndex index = read_or_load(*archive, read_index, index_from);
  return std::make_shared<ArchiveTree>(std::move(archive), std::move(index),
                                       read_index == read_zip);
}

}  // namespace

std::shared_ptr<const FileTree> open_zip(const std::filesystem::path& path,
                                         std::size_t index_from) {
  return open_archive(path, read_zip, index_from);
}

std::shared_ptr<const FileTree> open_tar(const std::filesystem::path& path,
                                         std::size_t index_from) {
  return open_archive(path, read_tar, index_from);
}

}  // namespace ridgeline::data
