#include "data/places.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

fs::path variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? fs::path{} : fs::path(value);
}

}  // namespace

std::string expand_home(const std::string& path) {
  if (!path.starts_with('~')) return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string user = path.substr(1, end - 1);
  std::string home = user.empty() ? variable("HOME").string() : std::string();
  if (home.empty()) {
    const passwd* entry = user.empty() ? getpwuid(getuid()) : getpwnam(user.c_str());
    if (entry == nullptr) return path;
    home = entry->pw_dir;
  }
  return home + path.substr(end);
}

fs::path cache_root() {
  // The specification says to ignore relative paths.
  if (const fs::path xdg = variable("XDG_CACHE_HOME"); xdg.is_absolute()) return xdg;
  const fs::path home = variable("HOME");
  return home.empty() ? home : home / ".cache";
}

std::vector<fs::path> data_roots() {
  std::vector<fs::path> roots;
  const auto add = [&](const fs::path& base, const char* below) {
    if (!base.empty()) roots.push_back(base / below);
  };
  if (const fs::path own = variable("RIDGELINE_DATA"); !own.empty()) roots.push_back(own);
  add(cache_root(), "ridgeline");
  roots.push_back("data");
  add(variable("HOME"), ".keras/datasets");
  add(cache_root(), "torch/datasets");
  roots.push_back("/usr/share/datasets");
  return roots;
}

fs::path download_root() {
  if (const fs::path own = variable("RIDGELINE_DATA"); !own.empty()) return own;
  if (const fs::path base = cache_root(); !base.empty()) return base / "ridgeline";
  throw ResourceError("there is no place for data: set RIDGELINE_DATA to a folder");
}

}  // namespace ridgeline::data
