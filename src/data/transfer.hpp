#pragma once
// One file from a server to the disk.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace ridgeline::data {

struct Transfer {
  std::string url;             ///< http, https or file
  std::filesystem::path file;  ///< what is there already is kept, and gone on with
  std::uint64_t bytes = 0;     ///< of the whole file; more are refused
  /// Told how many bytes of the file are there; false ends the transfer.
  std::function<bool(std::uint64_t)> on_progress;
};

/// Fetches what is missing of the file. A server that cannot go on in the middle sends all of it
/// again. Throws ResourceError, what `on_progress` throws, or Error(interrupted) where that said
/// false; what came until then stays in the file.
void fetch(const Transfer& transfer);

}  // namespace ridgeline::data
