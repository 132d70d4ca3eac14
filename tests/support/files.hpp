#pragma once
// Files of the source tree that tests read.

#include <algorithm>
#include <filesystem>
#include <vector>

#include "data/folder.hpp"

namespace ridgeline::test {

/// The files in tests/NAME, in order.
inline std::vector<std::filesystem::path> files_of(const std::string& name) {
  const auto folder = std::filesystem::path(RIDGELINE_TEST_DATA).parent_path() / name;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The small image files of every format, which are also the fuzzers' seeds.
inline std::vector<std::filesystem::path> image_files() {
  std::vector<std::filesystem::path> files;
  for (const char* format : {"jpeg", "png", "webp", "tiff", "bmp", "pnm"}) {
    const auto some = files_of(std::string("fuzz/corpus/") + format);
    files.insert(files.end(), some.begin(), some.end());
  }
  return files;
}

inline Bytes golden_bytes(const std::string& name) {
  return read_bytes(std::filesystem::path(RIDGELINE_TEST_DATA) / name);
}

}  // namespace ridgeline::test
