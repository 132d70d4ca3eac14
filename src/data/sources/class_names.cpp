#include "data/sources/class_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <unordered_map>

#include "data/input_file.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

struct Entry {
  std::string folder, name;
  std::size_t line = 0;
};

struct List {
  std::string file;  // what messages call it
  std::vector<Entry> entries;
};

/// "tench" of "tench, Tinca tinca".
std::string first_name(std::string_view names) {
  const std::string_view blank = " \t\"";
  names = names.substr(0, names.find(','));
  names.remove_prefix(std::min(names.find_first_not_of(blank), names.size()));
  return std::string(names.substr(0, names.find_last_not_of(blank) + 1));
}

List parse(std::string_view text, std::string file, const std::vector<std::string>& folders) {
  List list{std::move(file), {}};
  const std::set<std::string_view> known(folders.begin(), folders.end());
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.empty()) continue;
    std::size_t end = line.find('\t');
    // A blank ends the folder's name, unless a folder has a name with a blank.
    if (end == std::string::npos && !known.contains(line)) end = line.find(' ');
    if (end != std::string::npos && line[end] == ' ' && !known.contains(line.substr(0, end))) {
      end = std::string::npos;
    }
    const std::string folder = line.substr(0, end);
    std::string name = end == std::string::npos ? folder : first_name(line.substr(end));
    list.entries.push_back({folder, name.empty() ? folder : std::move(name), number});
  }
  return list;
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

[[noreturn]] void throw_unlisted(const List& list, const std::string& folder) {
  std::vector<std::string_view> known;
  for (const Entry& entry : list.entries) known.push_back(entry.folder);
  const std::string near = nearest(folder, known);
  throw DataError(fmt::format("{}: does not name the class folder \"{}\"{}: give it a line",
                              list.file, folder,
                              near.empty() ? "" : fmt::format(" (it names \"{}\")", near)));
}

/// Classes in the order of a list. With `all`, entries without a folder are classes, too.
ClassNames in_order(const List& list, const std::vector<std::string>& folders, bool all) {
  std::unordered_map<std::string, std::size_t> lines;
  ClassNames classes;
  for (const Entry& entry : list.entries) {
    const auto [before, is_new] = lines.emplace(entry.folder, entry.line);
    if (!is_new) {
      throw DataError(fmt::format("{}:{}: names \"{}\" again, after line {}", list.file, entry.line,
                                  entry.folder, before->second));
    }
    if (!all && !std::binary_search(folders.begin(), folders.end(), entry.folder)) continue;
    classes.folders.push_back(entry.folder);
    classes.names.push_back(entry.name);
  }
  for (const std::string& folder : folders) {
    if (!lines.contains(folder)) throw_unlisted(list, folder);
  }
  return classes;
}

/// Two classes may have the same name: ImageNet has two classes "crane", a bird and a machine.
void tell_apart(ClassNames& classes) {
  std::map<std::string, int> counts;
  for (const std::string& name : classes.names) ++counts[name];
  for (std::size_t c = 0; c < classes.names.size(); ++c) {
    if (counts[classes.names[c]] > 1 && classes.names[c] != classes.folders[c]) {
      classes.names[c] += fmt::format(" ({})", classes.folders[c]);
    }
  }
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::optional<std::size_t> find_list(const FileTree& tree, std::string_view base,
                                     const std::vector<std::string>& names) {
  while (true) {
    for (const std::string& name : names) {
      if (const auto file = tree.files().find(join_path(base, name))) return file;
    }
    if (base.empty()) return std::nullopt;
    base = base.find('/') == std::string_view::npos ? "" : split_path(base).first;
  }
}

ClassNames class_names(const FileTree& tree, std::string_view base,
                       std::vector<std::string> folders, const FolderOptions& options) {
  ClassNames classes;
  const auto read = [&](std::size_t file) {
    return parse(text_of(tree.read(file)), tree.name(file), folders);
  };
  if (!options.classes.empty()) {
    std::error_code error;
    const bool on_disk = std::filesystem::exists(options.classes, error);
    const auto inside = on_disk ? std::nullopt : find_list(tree, base, {options.classes});
    const List list = inside ? read(*inside)
                             : parse(text_of(read_bytes(options.classes, most_file_bytes)),
                                     options.classes, folders);
    classes = in_order(list, folders, true);
  } else if (const auto file = find_list(tree, base, {"classes.txt"})) {
    classes = in_order(read(*file), folders, false);
  } else {
    classes = {folders, folders};
    const std::vector<std::string> dictionaries{"LOC_synset_mapping.txt", "synset_words.txt",
                                                "words.txt"};
    if (const auto dictionary = find_list(tree, base, dictionaries)) {
      std::unordered_map<std::string, std::string> names;
      for (Entry& entry : read(*dictionary).entries) names.emplace(entry.folder, entry.name);
      for (std::string& name : classes.names) {
        if (const auto known = names.find(name); known != names.end()) name = known->second;
      }
    }
  }
  tell_apart(classes);
  return classes;
}

}  // namespace ridgeline::data
