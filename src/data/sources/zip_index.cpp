// The central directory of a zip archive (PKWARE's APPNOTE.TXT, sections 4.3 and 4.5).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/sources/archive_tree.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint64_t number(Bytes bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t k = size; k-- > 0;) value = value << 8 | bytes[at + k];
  return value;
}

constexpr std::uint32_t end_signature = 0x06054b50, end64_signature = 0x06064b50,
                        locator_signature = 0x07064b50, entry_signature = 0x02014b50;
constexpr std::size_t end_size = 22, locator_size = 20, end64_size = 56, entry_size = 46;
constexpr std::uint64_t see_zip64 = 0xffffffff;
constexpr std::uint64_t most_ratio = 1032;  // of deflate

struct Directory {
  std::uint64_t offset = 0, size = 0, entries = 0;
};

/// Reads the directory a part at a time. It can need much more memory than its index.
struct Window {
  const InputFile& archive;
  const Directory& directory;
  std::vector<std::uint8_t> bytes = {};
  std::size_t at = 0;
  std::uint64_t end = 0;  // the place in the directory where `bytes` ends

  std::uint64_t place() const { return end - bytes.size() + at; }
  /// The next bytes. They contain a whole entry, unless the directory ends too early.
  Bytes next() {
    constexpr std::size_t most_entry = entry_size + 3 * std::size_t{0xffff}, part = 1 << 20;
    if (bytes.size() - at < most_entry && end < directory.size) {
      bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
      at = 0;
      const std::size_t known = bytes.size();
      bytes.resize(known + std::min<std::uint64_t>(part, directory.size - end));
      archive.read(directory.offset + end, std::span(bytes).subspan(known));
      end += bytes.size() - known;
    }
    return Bytes(bytes).subspan(at);
  }
};

class ZipReader {
 public:
  explicit ZipReader(const InputFile& archive) : archive_(archive), table_(archive) {}

  ArchiveIndex read() {
    const Directory directory = find_directory();
    if (directory.size > archive_.size() || directory.offset > archive_.size() - directory.size) {
      fail("its list of members is outside the file");
    }
    Window window{archive_, directory};
    for (std::uint64_t k = 0; k < directory.entries; ++k) window.at += add_entry(window);
    check_overlaps(directory.offset);
    return table_.index();
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw DataError(fmt::format("{}: the zip archive is cut short or corrupt: {}",
                                archive_.path().string(), what));
  }

  Directory find_directory() const {
    constexpr std::uint64_t longest_comment = 65535;
    const std::uint64_t length = std::min(archive_.size(), end_size + longest_comment);
    std::vector<std::uint8_t> tail(length);
    archive_.read(archive_.size() - length, tail);
    for (std::size_t at = length < end_size ? 0 : length - end_size + 1; at-- > 0;) {
      if (number(tail, at, 4) != end_signature) continue;
      if (number(tail, at + 4, 2) != number(tail, at + 6, 2) && number(tail, at + 4, 2) != 0xffff) {
        throw DataError(fmt::format("{}: is one part of a zip archive in several: join them first",
                                    archive_.path().string()));
      }
      Directory directory{number(tail, at + 16, 4), number(tail, at + 12, 4),
                          number(tail, at + 10, 2)};
      const bool wide = directory.offset == see_zip64 || directory.size == see_zip64 ||
                        directory.entries == 0xffff;
      const std::uint64_t end = archive_.size() - length + at;
      if (wide && end >= locator_size) read_zip64(end - locator_size, directory);
      return directory;
    }
    fail("it has no end record");
  }

  void read_zip64(std::uint64_t at, Directory& directory) const {
    std::vector<std::uint8_t> locator(locator_size), end(end64_size);
    archive_.read(at, locator);
    if (number(locator, 0, 4) != locator_signature) return;
    const std::uint64_t offset = number(locator, 8, 8);
    if (offset > archive_.size() || archive_.size() - offset < end64_size) {
      fail("its zip64 end record is outside the file");
    }
    archive_.read(offset, end);
    if (number(end, 0, 4) != end64_signature) fail("its zip64 end record is missing");
    directory = {number(end, 48, 8), number(end, 40, 8), number(end, 32, 8)};
  }

  /// Returns the bytes that the entry takes.
  std::size_t add_entry(Window& window) {
    const Bytes entry = window.next();
    if (entry.size() < entry_size || number(entry, 0, 4) != entry_signature) {
      fail(fmt::format("its list of members ends at byte {} of {}", window.place(),
                       window.directory.size));
    }
    const std::size_t name_length = number(entry, 28, 2), extra_length = number(entry, 30, 2),
                      comment_length = number(entry, 32, 2);
    const std::size_t size = entry_size + name_length + extra_length + comment_length;
    if (size > entry.size()) {
      fail(fmt::format("the member at byte {} of its list has no end", window.place()));
    }
    const std::string_view name(reinterpret_cast<const char*>(entry.data()) + entry_size,
                                name_length);
    Member member{.offset = number(entry, 42, 4),
                  .stored = number(entry, 20, 4),
                  .size = number(entry, 24, 4),
                  .checksum = static_cast<std::uint32_t>(number(entry, 16, 4))};
    widen(entry.subspan(entry_size + name_length, extra_length), member);
    check(name, entry.first(entry_size), member);
    // `check` has refused all methods except 0 (stored) and 8 (deflated).
    member.deflated = number(entry, 10, 2) != 0;
    table_.add(name, member);
    if (!name.ends_with('/')) spans_.emplace_back(member.offset, member.stored);
    return size;
  }

  // The zip64 field has the numbers that did not fit into the entry, in this order.
  static void widen(Bytes extra, Member& member) {
    while (extra.size() >= 4) {
      const std::size_t id = number(extra, 0, 2), length = number(extra, 2, 2);
      extra = extra.subspan(4);
      if (length > extra.size()) return;
      if (id == 1) {
        std::size_t at = 0;
        for (std::uint64_t* value : {&member.size, &member.stored, &member.offset}) {
          if (*value != see_zip64 || at + 8 > length) continue;
          *value = number(extra, at, 8);
          at += 8;
        }
      }
      extra = extra.subspan(length);
    }
  }

  void check(std::string_view name, Bytes entry, const Member& member) const {
    const auto refuse = [&](std::string_view what) {
      throw DataError(
          fmt::format("{}: the member \"{}\" {}", archive_.path().string(), name, what));
    };
    const std::uint64_t flags = number(entry, 8, 2), method = number(entry, 10, 2);
    constexpr std::uint64_t unix = 3, link = 0120000, kind = 0170000;
    if ((flags & 1) != 0) refuse("is encrypted: pack the images without a password");
    if (method != 0 && method != 8) {
      refuse(fmt::format("is packed by method {}: only stored and deflated members can be read",
                         method));
    }
    if (number(entry, 5, 1) == unix && (number(entry, 40, 2) & kind) == link) {
      refuse("is a link: pack the file that it leads to, as zip does without -y");
    }
    if (member.offset > archive_.size() || member.stored > archive_.size() - member.offset) {
      refuse(fmt::format("is outside the file, which ends at byte {}", archive_.size()));
    }
    if (method == 0 ? member.size != member.stored : member.size / most_ratio > member.stored) {
      refuse(fmt::format("claims {} bytes, which {} packed bytes cannot hold", member.size,
                         member.stored));
    }
  }

  // Members that share bytes unpack to more than any archive of their size can hold.
  void check_overlaps(std::uint64_t directory) {
    constexpr std::uint64_t local_header = 30;
    std::sort(spans_.begin(), spans_.end());
    for (std::size_t k = 0; k < spans_.size(); ++k) {
      const std::uint64_t next = k + 1 < spans_.size() ? spans_[k + 1].first : directory;
      if (spans_[k].first + local_header + spans_[k].second > next) {
        fail(fmt::format("two of its members share byte {}", next));
      }
    }
    spans_ = {};
  }

  const InputFile& archive_;
  MemberTable table_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spans_;
};

}  // namespace

ArchiveIndex read_zip(const InputFile& archive) {
  return ZipReader(archive).read();
}

}  // namespace ridgeline::data
