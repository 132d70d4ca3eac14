#pragma once
// Reads small text files. It refuses a file that is too large, a device, and a pipe that nobody
// writes to: these must not fill the memory or block the program.

#include <cstdint>
#include <filesystem>
#include <string>

namespace ridgeline::interop {

struct TextFile {
  std::string text;
  std::string problem;   ///< why it cannot be read; empty if it was read
  bool refused = false;  ///< whether the system's reason is the problem, not what the file is
};

/// A regular file of at most `most_bytes`, or a pipe that is being written to.
TextFile read_text(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace ridgeline::interop
