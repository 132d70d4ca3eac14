// The headers of a tar archive: POSIX.1-2001's ustar and pax formats, v7 before them, and GNU's
// long names and large numbers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "data/sources/archive_tree.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::size_t block = 512;
constexpr std::uint64_t most_name = 1 << 20;  // bytes of a record that only names a member
using Block = std::array<std::uint8_t, block>;

std::string_view field(std::span<const std::uint8_t> header, std::size_t at, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(header.data()) + at, size);
  return bytes.substr(0, bytes.find('\0'));
}

/// Octal digits, perhaps with blanks around them, or GNU's big-endian number after a byte of 0x80.
std::optional<std::uint64_t> number(std::span<const std::uint8_t> header, std::size_t at,
                                    std::size_t size) {
  std::uint64_t value = 0;
  if (header[at] == 0x80) {
    for (std::size_t k = at + size - 8; k < at + size; ++k) value = value << 8 | header[k];
    return value;
  }
  std::string_view digits = field(header, at, size);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  digits = digits.substr(0, digits.find(' '));
  const char* end = digits.data() + digits.size();
  if (digits.empty()) return 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 8);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool checksum_fits(std::span<const std::uint8_t> header) {
  constexpr std::size_t at = 148, size = 8;
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k < block; ++k) sum += k >= at && k < at + size ? ' ' : header[k];
  return number(header, at, size) == sum;
}

bool zeros(const Block& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

class TarReader {
 public:
  explicit TarReader(const InputFile& archive) : archive_(archive), table_(archive) {}

  ArchiveIndex read() {
    Block header{};
    while (true) {
      if (archive_.size() - at_ < block) fail("it ends without the two empty blocks of an end");
      archive_.read(at_, header);
      if (zeros(header)) return table_.index();
      if (!checksum_fits(header)) fail("this is not the header of a member");
      const auto size = number(header, 124, 12);
      if (!size) fail("the size of the member is not a number");
      const std::uint64_t data = at_ + block;
      const char kind = static_cast<char>(header[156]);
      // A pax record may give the size of the next member, but not of the next record.
      const bool record = kind == 'x' || kind == 'g' || kind == 'L' || kind == 'K';
      const std::uint64_t bytes = record ? *size : size_.value_or(*size);
      const bool holds_data = record || kind == '0' || kind == '\0' || kind == '7' || kind == 'S';
      const std::uint64_t stored = holds_data ? bytes : 0;
      if (stored > archive_.size() - data) {
        fail(fmt::format("the member claims {} bytes, and {} follow", bytes,
                         archive_.size() - data));
      }
      if (record) {
        read_record(kind, data, bytes);
      } else {
        add(header, kind, {.offset = data, .stored = stored, .size = stored});
      }
      at_ = data + (stored + block - 1) / block * block;
      at_ = std::min(at_, archive_.size());
    }
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw DataError(fmt::format("{}: the tar archive is cut short or corrupt at byte {}: {}",
                                archive_.path().string(), at_, what));
  }

  void read_record(char kind, std::uint64_t data, std::uint64_t bytes) {
    if (bytes > most_name) fail(fmt::format("a record of {} bytes is not a name", bytes));
    std::string text(bytes, '\0');
    archive_.read(data, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    if (kind == 'L' || kind == 'K') {
      (kind == 'L' ? name_ : link_) = text.substr(0, text.find('\0'));
    } else if (kind == 'x') {
      read_pax(text);
    }
  }

  // Records of "LENGTH KEY=VALUE\n".
  void read_pax(std::string_view text) {
    while (!text.empty()) {
      std::size_t length = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
      const auto digits = static_cast<std::size_t>(stop - text.data());
      if (error != std::errc() || length > text.size() || length < digits + 2 ||
          text[length - 1] != '\n') {
        fail("a pax record has no end");
      }
      const std::string_view record = text.substr(digits + 1, length - digits - 2);
      const std::size_t equals = std::min(record.find('='), record.size());
      const std::string_view key = record.substr(0, equals);
      const std::string_view value = record.substr(std::min(equals + 1, record.size()));
      if (key == "path") name_ = value;
      if (key == "linkpath") link_ = value;
      if (key == "size") {
        std::uint64_t size = 0;
        if (std::from_chars(value.data(), value.data() + value.size(), size).ec != std::errc()) {
          fail("the size of the member is not a number");
        }
        size_ = size;
      }
      if (key.starts_with("GNU.sparse")) sparse_ = true;
      text.remove_prefix(length);
    }
  }

  void add(const Block& header, char kind, Member member) {
    std::string name = name_.value_or(std::string(field(header, 0, 100)));
    const bool ustar = field(header, 257, 6) == "ustar";
    if (!name_ && ustar && header[345] != 0) {
      name = std::string(field(header, 345, 155)) + '/' + name;
    }
    const std::string link = link_.value_or(std::string(field(header, 157, 100)));
    if (kind == 'S' || sparse_) {
      throw DataError(fmt::format("{}: the member \"{}\" is sparse: pack it without --sparse",
                                  archive_.path().string(), name));
    }
    if (kind == '0' || kind == '\0' || kind == '7') table_.add(name, member);
    if (kind == '5') table_.add(name + '/', member);
    if (kind == '1') table_.add(name, table_.find(link));
    if (kind == '2') {
      throw DataError(fmt::format(
          "{}: the member \"{}\" is a link to \"{}\": pack the file itself, as tar does with -h",
          archive_.path().string(), name, link));
    }
    name_.reset();
    link_.reset();
    size_.reset();
    sparse_ = false;
  }

  const InputFile& archive_;
  MemberTable table_;
  std::uint64_t at_ = 0;
  // What a record says about the next member.
  std::optional<std::string> name_, link_;
  std::optional<std::uint64_t> size_;
  bool sparse_ = false;
};

}  // namespace

bool looks_like_tar(std::span<const std::uint8_t> head) {
  return head.size() >= block && checksum_fits(head.first(block));
}

ArchiveIndex read_tar(const InputFile& archive) {
  return TarReader(archive).read();
}

}  // namespace ridgeline::data
