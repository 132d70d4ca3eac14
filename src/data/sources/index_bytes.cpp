#include "data/sources/index_bytes.hpp"

#include <algorithm>
#include <cstring>

#include "data/crc32.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::uint64_t byte_order = 0x0102030405060708;

}  // namespace

IndexWriter::IndexWriter(std::string_view magic, std::string_view key) : bytes_(magic) {
  put(byte_order);
  put(key);
}

void IndexWriter::put(std::uint64_t number) {
  bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void IndexWriter::put(std::string_view text) {
  put(std::uint64_t{text.size()});
  bytes_ += text;
}

void IndexWriter::put_names(const FileList& files, const FileList::Folder& folder) {
  put(std::uint64_t{folder.count});
  // NUL is the one byte that no name has.
  for (std::size_t i = folder.first; i < folder.first + folder.count; ++i) {
    bytes_ += files.name(i);
    bytes_ += '\0';
  }
}

std::string IndexWriter::finish() {
  put(std::uint64_t{crc32_of(bytes_)});
  return std::move(bytes_);
}

IndexReader::IndexReader(std::span<const std::uint8_t> bytes, std::string_view magic,
                         std::string_view key)
    : rest_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {
  if (rest_.size() < magic.size() + sizeof(std::uint64_t)) broken();
  const std::string_view body = rest_.substr(0, rest_.size() - sizeof(std::uint64_t));
  rest_.remove_prefix(body.size());
  if (number() != crc32_of(body)) broken();
  rest_ = body;
  if (take(magic.size()) != magic || number() != byte_order || text() != key) broken();
}

std::uint64_t IndexReader::number() {
  std::uint64_t value = 0;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::string_view IndexReader::text() {
  return take(number());
}

void IndexReader::take_names(FileList& files) {
  for (std::uint64_t count = number(); count > 0; --count) {
    files.add_file(take(std::min(rest_.find('\0'), rest_.size())));
    take(1);
  }
}

void IndexReader::take_folder(FileList& files) {
  const std::string_view path = text();
  if (!files.folders().empty() && !path_less(files.folders().back().path, path)) broken();
  files.add_folder(path);
}

void IndexReader::broken() {
  throw DataError("the index is not whole");
}

std::string_view IndexReader::take(std::uint64_t count) {
  if (count > rest_.size()) broken();
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

}  // namespace ridgeline::data
