#pragma once
// The files of a zip or tar archive, read in place.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "data/input_file.hpp"
#include "data/sources/file_tree.hpp"

namespace ridgeline::data {

/// Where a member of an archive is, and how it is packed.
struct Member {
  std::uint64_t offset = 0;  ///< of its bytes; in a zip archive, of its local header
  std::uint64_t stored = 0;  ///< bytes in the archive
  std::uint64_t size = 0;    ///< bytes when unpacked
  std::uint32_t checksum = 0;
  bool deflated = false;
};

/// The members of an archive in the order of their list.
struct ArchiveIndex {
  FileList files;
  std::vector<Member> members;
};

/// Gathers the members of an archive, which come in any order.
class MemberTable {
 public:
  explicit MemberTable(const InputFile& archive)
      : archive_(archive), places_(0, Hash{this}, Equal{this}) {}
  MemberTable(const MemberTable&) = delete;
  MemberTable& operator=(const MemberTable&) = delete;

  /// Adds a file, or a folder if the name ends with '/'. Throws DataError for a name that leaves
  /// the archive.
  void add(std::string_view name, const Member& member);
  /// The member that was added under this name last. Throws DataError if the archive has no such
  /// member.
  const Member& find(std::string_view name);
  /// Throws DataError for a name that appears twice.
  ArchiveIndex index();

 private:
  struct Entry {
    std::uint64_t begin = 0;  // where its path begins in paths_
    std::uint32_t length = 0;
    bool folder = false;
    Member member;
  };
  // Hashes an entry by its path, so that each name is in memory once.
  struct Hash {
    using is_transparent = void;
    const MemberTable* table;
    std::size_t operator()(std::string_view path) const {
      return std::hash<std::string_view>()(path);
    }
    std::size_t operator()(std::uint32_t entry) const { return (*this)(table->path(entry)); }
  };
  struct Equal {
    using is_transparent = void;
    const MemberTable* table;
    bool operator()(std::string_view path, std::uint32_t entry) const {
      return path == table->path(entry);
    }
    bool operator()(std::uint32_t entry, std::string_view path) const {
      return path == table->path(entry);
    }
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      return table->path(a) == table->path(b);
    }
  };
  std::string_view path(std::size_t entry) const {
    return std::string_view(paths_).substr(entries_[entry].begin, entries_[entry].length);
  }

  const InputFile& archive_;
  std::string paths_;
  std::vector<Entry> entries_;
  std::unordered_set<std::uint32_t, Hash, Equal> places_;  // indices of entries; filled by `find`
  std::size_t placed_ = 0;
};

/// Reads the members of a zip archive from its central directory, with zip64. Throws DataError for
/// an archive that is broken, split or encrypted, and for members that claim more bytes than
/// they can hold.
ArchiveIndex read_zip(const InputFile& archive);
/// Reads the members of a tar archive: v7, ustar, pax and GNU. Throws DataError for a broken one.
ArchiveIndex read_tar(const InputFile& archive);
/// Whether a file that begins so is a tar archive.
bool looks_like_tar(std::span<const std::uint8_t> head);

/// If an archive has `index_from` members or more, its index is kept in the user's cache, and used
/// as long as the archive has the same size and times. 0: no index is kept.
std::shared_ptr<const FileTree> open_zip(const std::filesystem::path& path,
                                         std::size_t index_from = 0);
std::shared_ptr<const FileTree> open_tar(const std::filesystem::path& path,
                                         std::size_t index_from = 0);

}  // namespace ridgeline::data
