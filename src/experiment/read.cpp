#include <fmt/format.h>

#include <map>

#include "data/places.hpp"
#include "experiment/build.hpp"
#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/toml.hpp"
#include "interop/read_text.hpp"

namespace ridgeline::experiment {
namespace {

// Written by to_toml() for people to read: it says who wrote the file, not what to do.
constexpr std::string_view provenance = "ridgeline";

class Reader {
 public:
  /// Takes over what one source (the file, or an override) says.
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

  /// Settles what depends on several keys.
  Experiment finish(std::string_view name) {
    settle("optimizer.kind", [&] {
      take_defaults(experiment_.optimizer, [&](std::string_view field) {
        return where_.contains(fmt::format("optimizer.{}", field));
      });
    });
    settle("regularize.exclude", [&] { experiment_.regularize.check(); });
    settle("loss.kind", [&] { build_loss(experiment_); });
    settle("optimizer.kind", [&] { build_optimizer(experiment_); });
    fill_in("train.run", experiment_.train.run, name);
    fill_in("select.study", experiment_.select.study, name);
    for (std::string* path :
         {&experiment_.data.path, &experiment_.data.test, &experiment_.model.weights,
          &experiment_.train.run, &experiment_.select.study,
          std::get_if<1>(&experiment_.data.validation)}) {
      if (path != nullptr) *path = data::expand_home(*path);
    }
    return std::move(experiment_);
  }

  const Experiment& experiment() const { return experiment_; }

 private:
  void set(const std::string& name, const Value& value) {
    located(value.where, [&] { key(name); });
    key(name).read(experiment_, value);
    where_[name] = value.where;
    // The network is the one named last.
    if (name == "model.preset" && !experiment_.model.preset.empty()) experiment_.model.layers = {};
    if (name == "model.layers" && !experiment_.model.layers.empty()) experiment_.model.preset = {};
  }

  /// Puts `name` in place of {name}; {time} stays, for the moment at which the folder is made.
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
        if (word == time) return;
        throw UsageError(fmt::format("{} must have no words in braces other than {} and {}, not {}",
                                     key, placeholder, time, word));
      });
      at = end;
    }
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

  /// Runs `action`; an error is said to be where the key stands that its sentence begins with, or
  /// where `otherwise` does.
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

  Experiment experiment_;
  std::map<std::string, std::string> where_;
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

/// What {name} stands for: the file's stem, or the data and the network where that says nothing.
std::string name_of(const std::filesystem::path& file, const Experiment& experiment) {
  std::string stem = file.stem().string();
  std::erase_if(stem, [](char c) { return c == '{' || c == '}'; });
  if (!stem.empty() && stem != "experiment") return stem;
  const std::string& preset = experiment.model.preset;
  return experiment.data.source + "-" + (preset.empty() ? "layers" : preset);
}

}  // namespace

Experiment parse(std::string_view text, const std::filesystem::path& file,
                 std::span<const std::string> overrides) {
  Reader reader;
  reader.apply(parse_toml(text, file.string()));
  for (const std::string& override_text : overrides) reader.apply(parse_override(override_text));
  return reader.finish(name_of(file, reader.experiment()));
}

Experiment read(const std::filesystem::path& file, std::span<const std::string> overrides) {
  return parse(file.empty() ? std::string() : contents(file), file, overrides);
}

}  // namespace ridgeline::experiment
