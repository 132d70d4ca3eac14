#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "data/sources/archive_tree.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

/// Adds `folder` and the folders above it that the list does not have yet.
void add_folders(FileList& files, std::string_view folder) {
  const auto& known = files.folders();
  if (!known.empty() && known.back().path == folder) return;
  std::size_t from = 0;
  while (from < folder.size()) {
    const std::size_t end = std::min(folder.find('/', from), folder.size());
    const std::string_view part = folder.substr(0, end);
    if (path_less(known.back().path, part)) files.add_folder(part);
    from = end + 1;
  }
}

}  // namespace

void MemberTable::add(std::string_view name, const Member& member) {
  std::string path(name);
  // Some programs on Windows write '\' as the separator.
  std::replace(path.begin(), path.end(), '\\', '/');
  const bool folder = path.ends_with('/');
  bool leaves = path.starts_with('/') || path.find('\0') != std::string::npos, is_hidden = false;
  for (std::size_t from = 0; from < path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string_view part = std::string_view(path).substr(from, end - from);
    leaves = leaves || part == "..";
    is_hidden = is_hidden || (hidden(part) && part != ".");
    from = end + 1;
  }
  if (leaves) {
    throw DataError(
        fmt::format("{}: the member \"{}\" leaves the archive's folder: an archive of images has "
                    "no absolute names and no \"..\"",
                    archive_.path().string(), name));
  }
  const auto inner = inner_path(path);
  if (is_hidden || inner->empty()) return;
  if (entries_.size() == std::numeric_limits<std::uint32_t>::max()) {
    throw DataError(
        fmt::format("{}: has more than {} members", archive_.path().string(), entries_.size()));
  }
  entries_.push_back({paths_.size(), static_cast<std::uint32_t>(inner->size()), folder, member});
  paths_ += *inner;
}

const Member& MemberTable::find(std::string_view name) {
  for (; placed_ < entries_.size(); ++placed_) {
    if (entries_[placed_].folder) continue;
    const auto entry = static_cast<std::uint32_t>(placed_);
    // A link leads to the last member of the name.
    if (const auto [old, added] = places_.insert(entry); !added) {
      places_.erase(old);
      places_.insert(entry);
    }
  }
  const auto inner = inner_path(name);
  const auto place = inner ? places_.find(std::string_view(*inner)) : places_.end();
  if (place != places_.end()) return entries_[*place].member;
  throw DataError(fmt::format("{}: a link leads to \"{}\", which is not in the archive before it",
                              archive_.path().string(), name));
}

ArchiveIndex MemberTable::index() {
  places_ = decltype(places_)(0, Hash{this}, Equal{this});  // frees memory that the index needs
  std::vector<std::uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  // A folder comes directly before its files.
  const auto key = [&](std::uint32_t i) {
    const std::string_view whole = path(i);
    return entries_[i].folder ? std::pair{whole, std::string_view()} : split_path(whole);
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto [folder_a, name_a] = key(a);
    const auto [folder_b, name_b] = key(b);
    return folder_a == folder_b ? name_a < name_b : path_less(folder_a, folder_b);
  });
  ArchiveIndex index;
  index.members.reserve(entries_.size());
  index.files.add_folder("");
  for (const std::uint32_t i : order) {
    const auto [folder, name] = key(i);
    add_folders(index.files, folder);
    if (entries_[i].folder) continue;
    if (index.files.folders().back().count > 0 &&
        index.files.name(index.files.size() - 1) == name) {
      throw DataError(fmt::format("{}: holds two members \"{}\": pack it again with one of each",
                                  archive_.path().string(), path(i)));
    }
    index.files.add_file(name);
    index.members.push_back(entries_[i].member);
  }
  return index;
}

}  // namespace ridgeline::data
