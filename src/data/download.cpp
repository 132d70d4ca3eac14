#include "data/download.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <system_error>

#include "data/checksum.hpp"
#include "data/places.hpp"
#include "data/transfer.hpp"
#include "data/unpack.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

/// What is wrong with a complete file, if anything.
std::optional<std::string> flaw(const RemoteFile& file, const fs::path& path) {
  const std::uint64_t bytes = fs::file_size(path);
  if (bytes != file.bytes) return fmt::format("it has {} bytes, not {}", bytes, file.bytes);
  const std::string sum = sha256(path);
  if (sum != file.sha256) return fmt::format("its SHA-256 is {}, not {}", sum, file.sha256);
  return std::nullopt;
}

/// Fetches one file from one mirror. Returns what is wrong with it.
std::optional<std::string> fetch_checked(const RemoteFile& file, const std::string& url,
                                         const fs::path& part, const OnProgress& on_progress) {
  Transfer transfer{url, part, file.bytes, {}};
  if (on_progress) {
    transfer.on_progress = [&](std::uint64_t received) {
      return on_progress({file.name, received, file.bytes});
    };
  }
  const bool resumed = fs::exists(part);
  fetch(transfer);
  std::optional<std::string> wrong = flaw(file, part);
  if (wrong) fs::remove(part);
  if (wrong && resumed) {  // the old part may have been wrong
    fetch(transfer);
    wrong = flaw(file, part);
    if (wrong) fs::remove(part);
  }
  return wrong;
}

void obtain(const RemoteFile& file, const fs::path& folder, const OnProgress& on_progress) {
  const fs::path whole = folder / file.name, part = folder / (file.name + ".part");
  if (fs::exists(whole)) return;
  std::vector<std::string> reasons;
  bool wrong_content = false;
  for (const std::string& url : file.urls) {
    try {
      const auto wrong = fetch_checked(file, url, part, on_progress);
      if (!wrong) {
        fs::rename(part, whole);
        return;
      }
      wrong_content = true;
      reasons.push_back(fmt::format("{}: is not the file that was expected: {}", url, *wrong));
    } catch (const ResourceError& error) {
      reasons.emplace_back(error.what());
    }
  }
  const std::string message = fmt::format(
      "{} cannot be downloaded ({}): with a network and space on the disk the same "
      "command continues where it stopped",
      file.name, fmt::join(reasons, "; "));
  if (wrong_content) throw DataError(message);
  throw ResourceError(message);
}

}  // namespace

Downloaded download(const RemoteSet& set, const fs::path& root, const OnProgress& on_progress) {
  const fs::path target = root / set.folder, staging = root / (set.folder + ".part");
  try {
    if (fs::exists(target) && !fs::is_empty(target)) return {target, true};
    fs::create_directories(staging);
    for (const RemoteFile& file : set.files) obtain(file, staging, on_progress);
    if (set.archive) {
      const fs::path unpacked = staging / "unpacked";
      fs::remove_all(unpacked);
      fs::create_directory(unpacked);
      for (const RemoteFile& file : set.files) unpack(staging / file.name, unpacked);
      fs::rename(unpacked, target);
      fs::remove_all(staging);
    } else {
      fs::rename(staging, target);
    }
  } catch (const fs::filesystem_error& error) {
    throw ResourceError(
        fmt::format("{}: cannot be written: {}", error.path1().string(), error.code().message()));
  }
  return {target, false};
}

Downloaded download(std::string_view source, const OnProgress& on_progress) {
  std::vector<std::string> known;
  for (const RemoteSet& set : remote_sets()) {
    if (set.source == source) return download(set, download_root(), on_progress);
    known.push_back(set.source);
  }
  throw UsageError(fmt::format("\"{}\" cannot be downloaded: the sets that can are {}", source,
                               fmt::join(known, ", ")));
}

}  // namespace ridgeline::data
