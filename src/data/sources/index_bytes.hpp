#pragma once
// The bytes of an index in the user's cache: a magic, the machine's byte order, a key, the
// contents, and a checksum. Numbers have the machine's own byte order: the file never leaves it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "data/sources/file_list.hpp"

namespace ridgeline::data {

class IndexWriter {
 public:
  /// `magic` names the kind of index, `key` the folder or archive.
  IndexWriter(std::string_view magic, std::string_view key);

  void put(std::uint64_t number);
  void put(std::string_view text);
  /// The names of the files that are directly in a folder.
  void put_names(const FileList& files, const FileList::Folder& folder);
  void reserve(std::size_t more) { bytes_.reserve(bytes_.size() + more); }
  /// The whole index with its checksum; called once.
  std::string finish();

 private:
  std::string bytes_;
};

/// All functions throw DataError for bytes that are not a complete index.
class IndexReader {
 public:
  IndexReader(std::span<const std::uint8_t> bytes, std::string_view magic, std::string_view key);

  std::uint64_t number();
  std::string_view text();
  /// Adds the names of files to the last folder of `files`.
  void take_names(FileList& files);
  /// Adds a folder after those that `files` has.
  void take_folder(FileList& files);
  bool empty() const { return rest_.empty(); }
  [[noreturn]] static void broken();

 private:
  std::string_view take(std::uint64_t count);

  std::string_view rest_;
};

}  // namespace ridgeline::data
