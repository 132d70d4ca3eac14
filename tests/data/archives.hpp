#pragma once
// Archives for tests, byte by byte, so that a test can break each of them as it likes.

#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "folder.hpp"

namespace ridgeline::test {

using Files = std::vector<std::pair<std::string, std::string>>;

inline void put(Bytes& bytes, std::uint64_t number, int size) {
  for (int k = 0; k < size; ++k) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * k)));
}
inline void put(Bytes& bytes, const std::string& text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

struct ZipOptions {
  bool deflated = false;
  bool zip64 = false;       // sizes and places of members are in extra fields
  std::uint64_t claim = 0;  // if not 0, the size that the headers claim
  std::uint16_t flags = 0;
  std::uint32_t attributes = 0;  // of members, as Unix writes them
};

inline Bytes deflate_raw(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  Bytes packed(deflateBound(&stream, text.size()) + 64);
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<unsigned>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline Bytes zip_of(const Files& files, const ZipOptions& options = {}) {
  Bytes bytes, directory;
  for (const auto& [name, text] : files) {
    const Bytes plain(text.begin(), text.end());
    const Bytes packed = options.deflated ? deflate_raw(text) : plain;
    const std::uint64_t offset = bytes.size(), size = options.claim ? options.claim : text.size();
    const auto sum = crc32_z(0, plain.data(), plain.size());
    const int method = options.deflated ? 8 : 0;
    put(bytes, 0x04034b50, 4);
    put(bytes, 20, 2);
    put(bytes, options.flags, 2);
    put(bytes, method, 2);
    put(bytes, 0, 4);
    put(bytes, sum, 4);
    put(bytes, packed.size(), 4);
    put(bytes, size, 4);
    put(bytes, name.size(), 2);
    put(bytes, 3, 2);  // an extra field that is not in the directory
    put(bytes, name);
    put(bytes, "xyz");
    bytes.insert(bytes.end(), packed.begin(), packed.end());
    put(directory, 0x02014b50, 4);
    put(directory, 3 << 8 | 20, 2);
    put(directory, 20, 2);
    put(directory, options.flags, 2);
    put(directory, method, 2);
    put(directory, 0, 4);
    put(directory, sum, 4);
    put(directory, options.zip64 ? 0xffffffff : packed.size(), 4);
    put(directory, options.zip64 ? 0xffffffff : size, 4);
    put(directory, name.size(), 2);
    put(directory, options.zip64 ? 28 : 0, 2);
    put(directory, 0, 2);  // comment
    put(directory, 0, 2);  // disk
    put(directory, 0, 2);
    put(directory, static_cast<std::uint64_t>(options.attributes) << 16, 4);
    put(directory, options.zip64 ? 0xffffffff : offset, 4);
    put(directory, name);
    if (options.zip64) {
      put(directory, 1, 2);
      put(directory, 24, 2);
      put(directory, size, 8);
      put(directory, packed.size(), 8);
      put(directory, offset, 8);
    }
  }
  const std::uint64_t begin = bytes.size();
  bytes.insert(bytes.end(), directory.begin(), directory.end());
  if (options.zip64) {
    const std::uint64_t end = bytes.size();
    put(bytes, 0x06064b50, 4);
    put(bytes, 44, 8);
    put(bytes, 45, 2);
    put(bytes, 45, 2);
    put(bytes, 0, 8);  // disks
    put(bytes, files.size(), 8);
    put(bytes, files.size(), 8);
    put(bytes, directory.size(), 8);
    put(bytes, begin, 8);
    put(bytes, 0x07064b50, 4);
    put(bytes, 0, 4);
    put(bytes, end, 8);
    put(bytes, 1, 4);
  }
  put(bytes, 0x06054b50, 4);
  put(bytes, 0, 4);
  put(bytes, options.zip64 ? 0xffff : files.size(), 2);
  put(bytes, options.zip64 ? 0xffff : files.size(), 2);
  put(bytes, options.zip64 ? 0xffffffff : directory.size(), 4);
  put(bytes, options.zip64 ? 0xffffffff : begin, 4);
  put(bytes, 0, 2);
  return bytes;
}

/// A header of a tar archive and the bytes after it, in whole blocks.
inline Bytes tar_member(const std::string& name, const std::string& text, char kind = '0',
                        const std::string& link = "") {
  Bytes header(512);
  const auto write = [&](std::size_t at, const std::string& value) {
    std::copy(value.begin(), value.end(), header.begin() + static_cast<long>(at));
  };
  const auto octal = [](std::uint64_t number, int digits) {
    std::string value;
    for (int k = 0; k < digits; ++k, number /= 8) {
      value.insert(value.begin(), static_cast<char>('0' + number % 8));
    }
    return value;
  };
  write(0, name.substr(0, 100));
  write(100, octal(0644, 7));
  write(124, octal(text.size(), 11));
  write(136, octal(0, 11));
  header[156] = static_cast<std::uint8_t>(kind);
  write(157, link.substr(0, 100));
  write(257, std::string("ustar\0"
                         "00",
                         8));
  write(148, "        ");
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : header) sum += byte;
  write(148, octal(sum, 6) + std::string(1, '\0'));
  put(header, text);
  header.resize((header.size() + 511) / 512 * 512);
  return header;
}

inline Bytes tar_of(const std::vector<Bytes>& members) {
  Bytes bytes;
  for (const Bytes& member : members) bytes.insert(bytes.end(), member.begin(), member.end());
  bytes.resize(bytes.size() + 1024);
  return bytes;
}

inline Bytes tar_of(const Files& files) {
  std::vector<Bytes> members;
  for (const auto& [name, text] : files) members.push_back(tar_member(name, text));
  return tar_of(members);
}

}  // namespace ridgeline::test
