#include "data/sources/file_tree.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "data/input_file.hpp"
#include "data/sources/archive_tree.hpp"
#include "data/sources/folder_tree.hpp"
#include "image/format.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using image::begins_with;

constexpr std::size_t head_bytes = 512;

bool looks_like_zip(const std::vector<std::uint8_t>& head) {
  return begins_with(head, "PK\3\4") || begins_with(head, "PK\5\6");
}

struct Packer {
  std::string_view signature, name, unpack;
};

const Packer* packer_of(const std::vector<std::uint8_t>& head) {
  static constexpr std::array<Packer, 4> packers{{{"\x1f\x8b", "gzip", "gunzip"},
                                                  {"BZh", "bzip2", "bunzip2"},
                                                  {"\xfd\x37zXZ", "xz", "unxz"},
                                                  {"\x28\xb5\x2f\xfd", "zstd", "unzstd"}}};
  const auto found = std::find_if(packers.begin(), packers.end(), [&](const Packer& packer) {
    return begins_with(head, packer.signature);
  });
  return found == packers.end() ? nullptr : found;
}

std::shared_ptr<const FileTree> open_any(const fs::path& path, const TreeOptions& options) {
  std::error_code error;
  if (fs::is_directory(path, error)) return open_folder(path, options);
  const std::vector<std::uint8_t> head = read_bytes(path, head_bytes);
  if (looks_like_zip(head)) return open_zip(path, options.index_from);
  if (looks_like_tar(head)) return open_tar(path, options.index_from);
  if (const Packer* packer = packer_of(head)) {
    throw DataError(fmt::format(
        "{}: is compressed with {}, and the files of a compressed archive cannot be read in any "
        "order: decompress it with {}, which leaves a tar archive",
        path.string(), packer->name, packer->unpack));
  }
  throw DataError(fmt::format("{}: is neither a folder nor a zip or tar archive", path.string()));
}

}  // namespace

std::string FileTree::folder_name(std::string_view path) const {
  return path.empty() ? root_.string() : (root_ / path).string();
}

std::optional<std::uint64_t> stamp_of(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  std::uint64_t stamp = 0xcbf29ce484222325;  // FNV-1a, over whole numbers
  for (const auto number : {static_cast<std::uint64_t>(status.st_size),
                            static_cast<std::uint64_t>(status.st_mtim.tv_sec),
                            static_cast<std::uint64_t>(status.st_mtim.tv_nsec)}) {
    stamp = (stamp ^ number) * 0x100000001b3;
  }
  return stamp;
}

bool hidden(std::string_view name) {
  return name.starts_with('.') || name == "__MACOSX" || name == "@eaDir";
}

std::shared_ptr<const FileTree> open_tree(const fs::path& path, const TreeOptions& options) {
  auto tree = open_any(path, options);
  // Samples keep the numbers of their files in 32 bits.
  if (tree->files().size() > std::numeric_limits<std::uint32_t>::max()) {
    throw DataError(fmt::format("{}: holds {} files, and a source has at most {}", path.string(),
                                tree->files().size(), std::numeric_limits<std::uint32_t>::max()));
  }
  return tree;
}

bool is_archive(const fs::path& file) {
  const std::vector<std::uint8_t> head = read_bytes(file, head_bytes);
  return looks_like_zip(head) || looks_like_tar(head) || packer_of(head) != nullptr;
}

}  // namespace ridgeline::data
