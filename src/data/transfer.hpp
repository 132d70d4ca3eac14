#pragma once
// Fetches one file from a server.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace ridgeline::data {

struct Transfer {
  std::string url;             ///< http, https or file
  std::filesystem::path file;  ///< existing bytes are kept, and the transfer continues after them
  std::uint64_t bytes = 0;     ///< of the whole file; more bytes are refused
  /// Gets the number of bytes of the file so far. Returning false ends the transfer.
  std::function<bool(std::uint64_t)> on_progress;
};

/// Fetches the missing rest of the file. If the server cannot continue in the middle, it sends the
/// whole file again. Throws ResourceError, what `on_progress` throws, or Error(interrupted) if that
/// returned false. The bytes that arrived stay in the file.
void fetch(const Transfer& transfer);

}  // namespace ridgeline::data
