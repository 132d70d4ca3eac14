#include "data/sources/folder_layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "data/sources/image_files.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

const std::vector<std::string> train_names{"train", "training"},
    validation_names{"val", "valid", "validation"}, test_names{"test", "testing"};

std::vector<std::size_t> FolderLayout::children(std::size_t folder) const {
  std::vector<std::size_t> all;
  const std::size_t end = tree_.files().below(folder).second;
  for (std::size_t f = folder + 1; f < end; f = tree_.files().below(f).second) all.push_back(f);
  return all;
}

std::string FolderLayout::listed_children(std::size_t folder) const {
  std::vector<std::string> names;
  for (const std::size_t child : children(folder)) names.push_back(name(child));
  const std::size_t count = names.size();
  if (count == 0) return "no folders";
  constexpr std::size_t most = 8;
  if (count > most) names.resize(most);
  return fmt::format("{}{}", fmt::join(names, ", "), count > most ? ", ..." : "");
}

std::pair<std::size_t, std::size_t> FolderLayout::files(std::size_t folder, bool deep) const {
  const std::size_t last = deep ? tree_.files().below(folder).second - 1 : folder;
  return {folders()[folder].first, folders()[last].first + folders()[last].count};
}

bool FolderLayout::is_image(std::size_t file) const {
  return has_extension(tree_.files().name(file), options_.extensions);
}

std::vector<std::uint32_t> FolderLayout::images(std::size_t folder, bool deep) const {
  std::vector<std::uint32_t> found;
  const auto [first, end] = files(folder, deep);
  for (std::size_t i = first; i < end; ++i) {
    if (is_image(i)) found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

bool FolderLayout::has_images(std::size_t folder, bool deep) const {
  const auto [first, end] = files(folder, deep);
  for (std::size_t i = first; i < end; ++i) {
    if (is_image(i)) return true;
  }
  return false;
}

std::size_t FolderLayout::find_base() const {
  std::size_t base = 0;
  const bool archive = !std::filesystem::is_directory(tree_.root());
  while (options_.train.empty() && !find_part(base, "", train_names)) {
    const std::string imagenet = join_path(path(base), "ILSVRC/Data/CLS-LOC");
    if (const auto inner = tree_.files().find_folder(imagenet)) return *inner;
    const auto inside = children(base);
    if (inside.size() != 1 || has_images(base, false)) break;
    const bool parts = find_part(inside[0], "", train_names).has_value();
    if (!parts && (!archive || children(inside[0]).empty())) break;
    base = inside[0];
  }
  return base;
}

std::optional<std::size_t> FolderLayout::find_part(std::size_t base, const std::string& wanted,
                                                   const std::vector<std::string>& usual) const {
  if (!wanted.empty()) {
    if (const auto at = tree_.files().find_folder(join_path(path(base), wanted))) return at;
    throw DataError(fmt::format("{}: there is no folder \"{}\" in it: it has {}",
                                message_name(base), wanted, listed_children(base)));
  }
  std::optional<std::size_t> found;
  for (const std::size_t child : children(base)) {
    if (std::find(usual.begin(), usual.end(), lower(name(child))) == usual.end()) continue;
    if (found) {
      throw DataError(fmt::format("{}: has both {} and {}: name the one that is meant",
                                  message_name(base), name(*found), name(child)));
    }
    found = child;
  }
  return found;
}

}  // namespace ridgeline::data
