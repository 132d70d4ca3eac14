#pragma once
// Data sets from the network: `ridgeline data get NAME`.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeline::data {

struct RemoteFile {
  std::string name;
  std::vector<std::string> urls;  ///< mirrors, tried in order
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct RemoteSet {
  std::string source;  ///< "cifar10", as `load` calls it
  std::string folder;  ///< what it becomes in the usual places
  std::vector<RemoteFile> files;
  bool archive = false;  ///< the files are .tar.gz archives of the data
};
/// The sets that can be downloaded.
const std::vector<RemoteSet>& remote_sets();

struct DownloadProgress {
  std::string_view file;
  std::uint64_t received = 0;  ///< bytes of the file that are there
  std::uint64_t bytes = 0;     ///< bytes of the whole file
};
/// Called a few times a second at least; false ends the download, which can be gone on with.
using OnProgress = std::function<bool(const DownloadProgress&)>;

struct Downloaded {
  std::filesystem::path folder;
  bool already_there = false;  ///< nothing was done
};

/// Downloads a set to `root`, checks it and unpacks it. The folder appears under its name only when
/// whole; until then all is in `<folder>.part` beside it, where the next call goes on. Throws
/// ResourceError without a network, server, rights or disk, DataError where a checksum is wrong,
/// Error(interrupted) where `on_progress` said so.
Downloaded download(const RemoteSet& set, const std::filesystem::path& root,
                    const OnProgress& on_progress = {});
/// The named set to download_root(). Throws UsageError for a name that is not in remote_sets().
Downloaded download(std::string_view source, const OnProgress& on_progress = {});

}  // namespace ridgeline::data
