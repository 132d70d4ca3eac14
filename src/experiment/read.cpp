#include <fmt/format.h>

#include <map>

#include "data/places.hpp"
#include "experiment/build.hpp"
#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/own_penalties.hpp"
#include "experiment/search_space.hpp"
#include "experiment/toml.hpp"
#include "interop/read_text.hpp"

namespace ridgeline::experiment {
namespace {

// to_toml() writes this entry for people: it says which version wrote the file. Such a file has
// every key, so a key in it does not mean that the user set it.
constexpr std::string_view provenance = "ridgeline";

class Reader {
 public:
  explicit Reader(Command command) : command_(command) {}

  void apply_file(Table root) {
    is_record_ = find(root, provenance) != nullptr;
    if (is_record_) mark_recorded(root);
    apply(root);
    if (is_record_) wanted_.clear();
    of_file_ = experiment_;
  }

  void apply_word(std::string_view text) {
    word_ = true;
    apply(parse_override(text));
  }

  /// Settles what depends on several keys.
  Experiment finish(std::string_view name) {
    settle("optimizer.kind", [&] {
      take_defaults(experiment_,
                    [&](std::string_view key) { return where_.contains(std::string(key)); });
    });
    settle("regularize.exclude", [&] {
      settle_own_penalties(experiment_.regularize);
      experiment_.regularize.check();
    });
    settle("loss.kind", [&] { build_loss(experiment_); });
    settle("optimizer.kind", [&] { build_optimizer(experiment_); });
    settle("select.over", [&] { refuse_without_effect(); });
    fill_in("train.run", experiment_.train.run, name);
    fill_in("select.study", experiment_.select.study, name);
    for (std::string* path :
         {&experiment_.data.path, &experiment_.data.test, &experiment_.data.cache_path,
          &experiment_.model.weights, &experiment_.train.run, &experiment_.select.study,
          &experiment_.select.fold_file, std::get_if<1>(&experiment_.data.validation)}) {
      if (path != nullptr) *path = data::expand_home(*path);
    }
    return std::move(experiment_);
  }

  const Experiment& experiment() const { return experiment_; }

 private:
  /// Applies the settings of one source: the file, or an override.
  void apply(const Table& root) {
    for (const auto& [section, value] : root) {
      if (section == provenance) continue;
      const auto* table = value.get<Table>();
      if (!table || table->empty()) refuse_unknown_section(section, value);
      if (table && find(*table, "layers") && find(*table, "preset") && section == "model") {
        refuse_two_networks(*table);
      }
      for (const auto& [field, item] : *table) set(fmt::format("{}.{}", section, field), item);
    }
  }

  void set(const std::string& name, const Value& value) {
    located(value.where, [&] { key(name); });
    key(name).read(experiment_, value);
    where_[name] = value.where;
    wanted_[name] = word_;
    if (word_ && name.starts_with("model.")) refuse_two_networks_of_words();
    // The network that is set last counts.
    if (name == "model.preset" && !experiment_.model.preset.empty()) experiment_.model.layers = {};
    if (name == "model.layers" && !experiment_.model.layers.empty()) experiment_.model.preset = {};
  }

  /// Replaces {name} by `name`. {time} is replaced when the folder is made.
  void fill_in(const std::string& key, std::string& pattern, std::string_view name) const {
    constexpr std::string_view placeholder = "{name}", time = "{time}";
    for (std::size_t at = 0; (at = pattern.find('{', at)) != std::string::npos;) {
      const std::size_t end = pattern.find('}', at);
      if (end == std::string::npos) return;
      const std::string word = pattern.substr(at, end + 1 - at);
      if (word == placeholder) {
        pattern.replace(at, word.size(), name);
        at += name.size();
        continue;
      }
      settle(key, [&] {
        if (word == time || (is_record_ && !wanted_.contains(key))) return;
        throw UsageError(fmt::format("{} must have no words in braces other than {} and {}, not {}",
                                     key, placeholder, time, word));
      });
      at = end;
    }
  }

  void refuse_two_networks_of_words() const {
    const auto by_word = [&](const char* name) {
      const auto found = wanted_.find(name);
      return found != wanted_.end() && found->second;
    };
    if (!by_word("model.preset") || !by_word("model.layers")) return;
    if (experiment_.model.preset.empty() || experiment_.model.layers.empty()) return;
    throw UsageError("model.preset and model.layers exclude each other: leave one out");
  }

  static void refuse_two_networks(const Table& model) {
    const auto* preset = find(model, "preset")->get<std::string>();
    const auto* layers = find(model, "layers")->get<Array>();
    if (!preset || preset->empty() || !layers || layers->empty()) return;
    throw UsageError(
        fmt::format("{}model.preset and model.layers exclude each other: leave one out",
                    find(model, "layers")->where));
  }

  static void refuse_unknown_section(std::string_view section, const Value& value) {
    for (const Key& known : keys()) {
      if (known.section() != section) continue;
      if (value.get<Table>()) return;
      fail(value, section, fmt::format("a table: [{}]", section));
    }
    located(value.where, [&] { key(section); });
  }

  /// An override may take the effect of another setting of the file away, or give it one.
  void refuse_without_effect() const {
    const bool searches = where_.contains("select.over");
    const auto judged = [&](const Experiment& given) {
      return searches ? at_largest(given) : given;
    };
    const Experiment by_file = judged(of_file_), by_all = judged(experiment_);
    for (const auto& [name, word] : wanted_) {
      refuse_number_of_searched(name, word);
      const std::string reason = no_effect(key(name), by_all, command_, word);
      if (reason.empty()) continue;
      if (!word && no_effect(key(name), by_file, command_, word).empty()) continue;
      throw UsageError(fmt::format("{} {}", name, reason));
    }
    const bool chooses = command_ == Command::select || (command_ == Command::any && !is_record_);
    if (chooses) check_search(experiment_);
  }

  /// A search sets its keys itself. It keeps only the form of a schedule.
  void refuse_number_of_searched(const std::string& name, bool word) const {
    const bool searched = command_ == Command::select && experiment_.select.over.contains(name);
    if (!word || !searched || key(name).write(experiment_).get<Table>()) return;
    throw UsageError(
        fmt::format("{} has no effect, because select.over searches it: leave it out, or set "
                    "select.over",
                    name));
  }

  /// Runs `action`. Adds the place of a key to its errors: of the key with which the sentence
  /// begins, or of `otherwise`.
  template <typename Action>
  void settle(const std::string& otherwise, Action action) const {
    try {
      action();
    } catch (const UsageError& error) {
      const std::string sentence = error.what();
      auto found = where_.find(sentence.substr(0, sentence.find(' ')));
      if (found == where_.end()) found = where_.find(otherwise);
      throw UsageError(found == where_.end() ? sentence : found->second + sentence);
    }
  }

  Command command_;
  Experiment experiment_, of_file_;
  std::map<std::string, std::string> where_;
  std::map<std::string, bool> wanted_;  // the keys that were set; true: on the command line
  bool word_ = false, is_record_ = false;
};

std::string contents(const std::filesystem::path& file) {
  constexpr std::uint64_t most = 16 << 20;
  auto [text, problem, refused] = interop::read_text(file, most);
  if (!problem.empty()) {
    throw UsageError(
        fmt::format("the experiment file {} cannot be read: {}", file.string(), problem));
  }
  return std::move(text);
}

/// The text for {name}: the file's stem or, if that says nothing, the data and the network.
std::string name_of(const std::filesystem::path& file, const Experiment& experiment) {
  std::string stem = file.stem().string();
  std::erase_if(stem, [](char c) { return c == '{' || c == '}'; });
  if (!stem.empty() && stem != "experiment") return stem;
  const std::string& preset = experiment.model.preset;
  return experiment.data.source + "-" + (preset.empty() ? "layers" : preset);
}

}  // namespace

Experiment parse(std::string_view text, const std::filesystem::path& file,
                 std::span<const std::string> overrides, Command command) {
  Reader reader(command);
  reader.apply_file(parse_toml(text, file.string()));
  for (const std::string& word : overrides) reader.apply_word(word);
  return reader.finish(name_of(file, reader.experiment()));
}

Experiment read(const std::filesystem::path& file, std::span<const std::string> overrides,
                Command command) {
  return parse(file.empty() ? std::string() : contents(file), file, overrides, command);
}

bool sets(std::string_view override_text, std::string_view key) {
  for (const auto& [section, value] : parse_override(override_text)) {
    const auto* table = value.get<Table>();
    for (const auto& [field, item] : table ? *table : Table{}) {
      if (fmt::format("{}.{}", section, field) == key) return true;
    }
  }
  return false;
}

}  // namespace ridgeline::experiment
