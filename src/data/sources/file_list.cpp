#include "data/sources/file_list.hpp"

#include <algorithm>
#include <cassert>

namespace ridgeline::data {

void FileList::add_folder(std::string_view path) {
  assert(folders_.empty() || path_less(folders_.back().path, path));
  folders_.push_back({std::string(path), size(), 0});
}

void FileList::add_file(std::string_view name) {
  assert(!folders_.empty());
  names_ += name;
  ends_.push_back(names_.size());
  ++folders_.back().count;
}

std::string_view FileList::name(std::size_t file) const {
  const std::uint64_t begin = file == 0 ? 0 : ends_[file - 1];
  return std::string_view(names_).substr(begin, ends_[file] - begin);
}

std::size_t FileList::folder_of(std::size_t file) const {
  const auto after =
      std::upper_bound(folders_.begin(), folders_.end(), file,
                       [](std::size_t f, const Folder& folder) { return f < folder.first; });
  return static_cast<std::size_t>(after - folders_.begin()) - 1;
}

std::string FileList::path(std::size_t file) const {
  return join_path(folders_[folder_of(file)].path, name(file));
}

std::optional<std::size_t> FileList::find_folder(std::string_view path) const {
  const auto at = std::lower_bound(
      folders_.begin(), folders_.end(), path,
      [](const Folder& folder, std::string_view p) { return path_less(folder.path, p); });
  if (at == folders_.end() || at->path != path) return std::nullopt;
  return static_cast<std::size_t>(at - folders_.begin());
}

std::optional<std::size_t> FileList::find(std::string_view path) const {
  const auto [folder_path, file_name] = split_path(path);
  const auto folder = find_folder(folder_path);
  if (!folder) return std::nullopt;
  std::size_t first = folders_[*folder].first, count = folders_[*folder].count;
  const std::size_t end = first + count;
  while (count > 0) {
    const std::size_t half = count / 2;
    const bool less = name(first + half) < file_name;
    if (less) first += half + 1;
    count = less ? count - half - 1 : half;
  }
  if (first == end || name(first) != file_name) return std::nullopt;
  return first;
}

std::pair<std::size_t, std::size_t> FileList::below(std::size_t folder) const {
  const std::string& path = folders_[folder].path;
  if (path.empty()) return {folder, folders_.size()};
  const std::string prefix = path + '/';
  std::size_t end = folder + 1;
  while (end < folders_.size() && folders_[end].path.starts_with(prefix)) ++end;
  return {folder, end};
}

bool path_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    // '/' comes first, so that a folder's contents directly follow the folder.
    const int left = x == '/' ? -1 : static_cast<unsigned char>(x);
    const int right = y == '/' ? -1 : static_cast<unsigned char>(y);
    return left < right;
  });
}

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string join_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!folder.empty() && !name.empty()) path += '/';
  return path += name;
}

std::optional<std::string> inner_path(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) return std::nullopt;
  std::string inner;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (inner.empty()) return std::nullopt;
      inner.resize(split_path(inner).first.size());
    } else {
      if (!inner.empty()) inner += '/';
      inner += part;
    }
  }
  return inner;
}

}  // namespace ridgeline::data
