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
  std::string folder;  ///< its name in the usual places
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
/// Called at least a few times a second. False ends the download; a later call continues it.
using OnProgress = std::function<bool(const DownloadProgress&)>;

struct Downloaded {
  std::filesystem::path folder;
  bool already_there = false;  ///< nothing was done
};

/// Downloads a set to `root`, checks it and unpacks it. The folder gets its name only when it is
/// complete. Until then the files are in `<folder>.part`, where the next call continues. Throws
/// ResourceError without a network, server, rights or disk, DataError if a checksum is wrong,
/// Error(interrupted) if `on_progress` returned false.
Downloaded download(const RemoteSet& set, const std::filesystem::path& root,
                    const OnProgress& on_progress = {});
/// The named set to download_root(). Throws UsageError for a name that is not in remote_sets().
Downloaded download(std::string_view source, const OnProgress& on_progress = {});

}  // namespace ridgeline::data
