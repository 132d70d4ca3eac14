#pragma once
// Where data sets usually are.

#include <filesystem>
#include <vector>

namespace ridgeline::data {

/// The user's cache, as the XDG base directory specification says; empty if there is none.
std::filesystem::path cache_root();

/// The folders that are searched for data sets, in order; those whose variable is unset are left
/// out.
std::vector<std::filesystem::path> data_roots();

/// `path` with "~" or "~user" at its beginning replaced by that home, as a shell does it.
std::string expand_home(const std::string& path);

/// Where `ridgeline data get` puts them: $RIDGELINE_DATA, else the cache.
std::filesystem::path download_root();

}  // namespace ridgeline::data
