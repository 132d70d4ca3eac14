#include "cli/predict_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "data/image_file.hpp"
#include "data/input_file.hpp"
#include "data/sources/image_files.hpp"
#include "image/format.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::cli {
namespace {

namespace fs = std::filesystem;

class Inputs {
 public:
  void add_file(std::string name) { all_.push_back({std::move(name), {}, {}}); }
  void add_error(const std::string& name, const std::string& what) {
    all_.push_back({name, {}, fmt::format("{}: {}", name, what)});
  }

  void add_path(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return add_folder(path);
    // The name of an image is enough: its first bytes are not read here.
    if (data::has_extension(path, extensions_) || !fs::is_regular_file(path, error)) {
      return add_file(path);
    }
    try {
      add_other_file(path);
    } catch (const Error& failure) {
      if (failure.kind() != ErrorKind::data && failure.kind() != ErrorKind::resource) throw;
      all_.push_back({path, {}, failure.what()});
    }
  }

  void add_pattern(const std::string& pattern) {
    glob_t found{};
    if (glob(pattern.c_str(), GLOB_TILDE, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) add_path(found.gl_pathv[i]);
    } else {
      add_error(pattern, "no file has such a name");
    }
    globfree(&found);
  }

  void add_standard_input(std::istream& stream) {
    std::vector<std::uint8_t> bytes;
    std::vector<char> block(1 << 16);
    while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) ||
           stream.gcount() > 0) {
      bytes.insert(bytes.end(), block.begin(), block.begin() + stream.gcount());
      if (bytes.size() > data::most_file_bytes) {
        return add_error("-",
                         "standard input has more than 1 GiB: an image or a list of files is "
                         "expected");
      }
    }
    if (bytes.empty()) {
      return add_error("-", "standard input is empty: an image or a list of files is expected");
    }
    if (!image::format_of(bytes).empty()) return all_.push_back({"-", std::move(bytes), {}});
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const char end = text.find('\0') == std::string_view::npos ? '\n' : '\0';
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t to = std::min(text.find(end, from), text.size());
      std::string_view line = text.substr(from, to - from);
      if (end == '\n' && line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) add_path(std::string(line));
      from = to + 1;
    }
  }

  std::vector<PredictInput> take() { return std::move(all_); }

 private:
  void add_other_file(const std::string& path) {
    if (data::is_archive(path)) return add_archive(path);
    const bool table = data::has_extension(path, {"csv", "tsv", "jsonl"});
    if (table && image::format_of(data::read_bytes(path, image::signature_bytes)).empty()) {
      return add_error(path,
                       "is a table, and predict takes images: write the paths of its images one on "
                       "each line, and give them to `ridgeline predict MODEL -`");
    }
    add_file(path);
  }

  void add_archive(const std::string& path) {
    const auto archive = data::open_tree(path);
    std::vector<PredictInput> members;
    for (std::size_t file = 0; file < archive->files().size(); ++file) {
      const std::string name = archive->name(file);
      if (data::has_extension(name, extensions_)) members.push_back({name, {}, {}, archive, file});
    }
    if (members.empty()) return add_error(path, no_images("archive"));
    std::ranges::sort(members, data::path_less, &PredictInput::name);
    std::ranges::move(members, std::back_inserter(all_));
  }

  std::string no_images(std::string_view where) const {
    return fmt::format("the {} holds no images, which are files called {}", where,
                       fmt::join(extensions_, ", "));
  }

  void add_folder(const std::string& folder) {
    std::vector<std::string> names;
    try {
      for (auto entry = fs::recursive_directory_iterator(folder);
           entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string name = entry->path().filename().string();
        if (data::hidden(name)) {
          if (entry->is_directory()) entry.disable_recursion_pending();
          continue;
        }
        if (!entry->is_directory() && data::has_extension(name, extensions_)) {
          names.push_back(entry->path().string());
        }
      }
    } catch (const fs::filesystem_error& error) {
      return add_error(folder, fmt::format("cannot be read: {}", error.code().message()));
    }
    if (names.empty()) return add_error(folder, no_images("folder"));
    std::ranges::sort(names, data::path_less);
    for (std::string& name : names) add_file(std::move(name));
  }

  const std::vector<std::string> extensions_ = FolderOptions().extensions;
  std::vector<PredictInput> all_;
};

}  // namespace

std::vector<std::uint8_t> PredictInput::read() const {
  if (!bytes.empty()) return bytes;
  return archive ? archive->read(member) : data::read_image_bytes(name);
}

std::vector<PredictInput> predict_inputs(std::span<const std::string> words,
                                         std::istream& standard_input) {
  Inputs inputs;
  for (const std::string& word : words) {
    std::error_code error;
    if (word == "-") {
      inputs.add_standard_input(standard_input);
    } else if (word.find_first_of("*?[") != std::string::npos && !fs::exists(word, error)) {
      inputs.add_pattern(word);
    } else {
      inputs.add_path(word);
    }
  }
  return inputs.take();
}

}  // namespace ridgeline::cli
