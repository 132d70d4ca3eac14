#include "cli/data_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "data/guess_source.hpp"
#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

namespace fs = std::filesystem;

bool is_source(const std::string& what) {
  return std::ranges::count(source_names(), what) > 0;
}

std::string source_of(const std::string& what) {
  if (is_source(what)) return what;
  if (const auto source = data::guess_source(what)) return *source;
  throw UsageError(
      fs::exists(what)
          ? fmt::format(
                "'{}' is not data: a folder, an archive, a table (.csv, .tsv, .jsonl) or an "
                "experiment file (.toml) is expected",
                what)
          : fmt::format("'{}' is neither a file or folder nor one of the data sources {}", what,
                        fmt::join(source_names(), ", ")));
}

}  // namespace

bool names_model(const std::string& what) {
  if (is_source(what) || what.ends_with(".toml")) return false;
  if (!fs::is_directory(what)) return fs::exists(what) && !data::guess_source(what);
  const auto holds = [&](const char* name) { return fs::exists(fs::path(what) / name); };
  return holds("model.safetensors") || holds(record_name) || holds("diverged.safetensors") ||
         holds_study(what);
}

NamedData named_data(const std::string& what, std::span<const std::string> overrides) {
  std::vector<std::string> words;
  const bool file = what.ends_with(".toml");
  if (!file && !what.empty()) words.push_back("data.source=" + source_of(what));
  words.insert(words.end(), overrides.begin(), overrides.end());
  for (const std::string& word : words) {
    if (word.find('=') != std::string::npos) continue;
    throw UsageError(
        fmt::format("'{}' is not of the form key=value, such as data.label_columns=name", word));
  }
  NamedData named{.experiment = experiment::read(file ? what : "", words), .images = {}};
  auto& data = named.experiment.data;
  const bool path_given = std::ranges::any_of(
      words, [](const std::string& word) { return experiment::sets(word, "data.path"); });
  if (!file && !what.empty() && !is_source(what) && !path_given) data.path = what;
  data.path = locate(data.source, data.path).string();
  named.images = experiment::open_images(named.experiment);
  return named;
}

}  // namespace ridgeline::cli
