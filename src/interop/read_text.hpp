#pragma once
// Small text files, whole. A file that is too large, a device or a pipe that nobody writes to is
// told at once: none of them may take the memory or keep the program waiting for ever.

#include <cstdint>
#include <filesystem>
#include <string>

namespace ridgeline::interop {

struct TextFile {
  std::string text;
  std::string problem;   ///< why it cannot be read; empty where it was
  bool refused = false;  ///< whether the system's reason is the problem, not what the file is
};

/// A regular file of at most `most_bytes`, or a pipe that is being written to.
TextFile read_text(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace ridgeline::interop
