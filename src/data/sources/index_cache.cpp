#include "data/sources/index_cache.hpp"

#include <fmt/format.h>

#include "data/input_file.hpp"
#include "data/places.hpp"
#include "data/sources/file_tree.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

/// Empty if the user has no cache.
fs::path index_file(std::string_view name) {
  const fs::path cache = cache_root();
  if (cache.empty()) return {};
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return cache / "ridgeline" / "index" / fmt::format("{:016x}", hash);
}

}  // namespace

std::optional<std::vector<std::uint8_t>> load_index(std::string_view name) {
  const fs::path file = index_file(name);
  std::error_code error;
  if (file.empty() || !fs::is_regular_file(file, error)) return std::nullopt;
  try {
    return read_bytes(file, FileTree::whole);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void save_index(std::string_view name, std::string_view bytes) {
  const fs::path file = index_file(name);
  if (file.empty()) return;
  try {
    make_folder(file.parent_path());
    AtomicFile out(file);
    out.write(bytes);
    out.commit();
  } catch (const ResourceError&) {
    // If the disk is full or read-only, the names are read again next time. That costs only time.
  }
}

}  // namespace ridgeline::data
