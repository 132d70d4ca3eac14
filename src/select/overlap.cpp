#include "select/overlap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <unordered_set>

#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

[[noreturn]] void refuse(const std::string& name) {
  throw UsageError(fmt::format(
      "{} is a test image and a training image: the test set must have other images (data.test)",
      name));
}

/// Whether the names of samples are the paths of files.
bool has_files(const Dataset& data) {
  return !data.empty() && data.source()->stamp(data.id(0)).has_value();
}

/// The path of a file in one spelling.
std::string spelled(const std::string& path) {
  const bool absolute = path.starts_with('/');
  if (absolute && path.find("/.") == std::string::npos && path.find("//") == std::string::npos) {
    return path;
  }
  return std::filesystem::absolute(path).lexically_normal().string();
}

std::size_t hash_of(std::span<const std::uint8_t> bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

void refuse_test_images(const Dataset& train, const Dataset& test) {
  if (train.empty() || test.empty()) return;
  if (train.source() == test.source()) {
    std::unordered_set<std::uint64_t> ids;
    for (std::size_t i = 0; i < train.size(); ++i) ids.insert(train.id(i));
    for (std::size_t i = 0; i < test.size(); ++i) {
      if (ids.contains(test.id(i))) refuse(test.name(i));
    }
  }
  if (!has_files(train) || !has_files(test)) return;
  std::unordered_set<std::string> paths;
  for (std::size_t i = 0; i < test.size(); ++i) paths.insert(spelled(test.name(i)));
  for (std::size_t i = 0; i < train.size(); ++i) {
    if (paths.contains(spelled(train.name(i)))) refuse(train.name(i));
  }
}

std::size_t count_copies(const Dataset& train, const Dataset& test) {
  if (train.empty() || test.empty() || !train.in_memory() || !test.in_memory()) return 0;
  std::unordered_set<std::size_t> hashes;
  for (std::size_t i = 0; i < test.size(); ++i) {
    if (test.bytes(i).empty()) return 0;
    hashes.insert(hash_of(test.bytes(i)));
  }
  std::unordered_set<std::size_t> both;
  for (std::size_t i = 0; i < train.size(); ++i) {
    const std::size_t hash = hash_of(train.bytes(i));
    if (hashes.contains(hash)) both.insert(hash);
  }
  std::size_t copies = 0;
  for (std::size_t i = 0; i < test.size(); ++i) copies += both.count(hash_of(test.bytes(i)));
  return copies;
}

std::size_t count_in_groups(const Dataset& train, const Dataset& test) {
  if (!train.grouped() || !test.grouped()) return 0;
  std::unordered_set<std::int64_t> groups;
  for (std::size_t i = 0; i < train.size(); ++i) groups.insert(train.group(i));
  std::size_t count = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    count += test.group(i) >= 0 && groups.contains(test.group(i)) ? 1 : 0;
  }
  return count;
}

}  // namespace ridgeline::selection
