#include "experiment/kinds.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiment/codec.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::experiment {
namespace {

const std::string& source_of(const Experiment& e) {
  return e.data.source;
}
Attributes& source_options(Experiment& e) {
  return e.data.options;
}
const std::string& loss_of(const Experiment& e) {
  return e.loss.kind;
}
Attributes& loss_options(Experiment& e) {
  return e.loss.options;
}
const std::string& optimizer_of(const Experiment& e) {
  return e.optimizer.kind;
}
Attributes& optimizer_options(Experiment& e) {
  return e.optimizer.options;
}

constexpr std::array<KindSection, 3> sections{
    {{"data.source", source_kinds, source_of, source_options},
     {"loss.kind", loss_kinds, loss_of, loss_options},
     {"optimizer.kind", optimizer_kinds, optimizer_of, optimizer_options}}};

bool is_whole(const Option& option) {
  return std::holds_alternative<std::int64_t>(option.value);
}
bool is_number(const Option& option) {
  return is_whole(option) || std::holds_alternative<double>(option.value);
}

/// The kinds that have the option, if not all have it.
std::string owners(const std::vector<Kind>& kinds, std::string_view option) {
  std::vector<std::string_view> names;
  for (const Kind& kind : kinds) {
    if (kind.find(option)) names.push_back(kind.name);
  }
  return names.size() == kinds.size() ? "" : fmt::format(" ({})", fmt::join(names, ", "));
}

Need kind_has(const KindSection& section, const std::string& option) {
  return {.unmet = [&section, option](const Experiment& experiment) -> std::string {
    const auto kind = section.chosen(experiment);
    // For an unknown kind, there is another error.
    if (!kind || kind->find(option)) return {};
    return fmt::format("has no effect on {}", kind->name);
  }};
}

/// The value to write for an option: that of the chosen kind, or the default.
Value written(const KindSection& section, const Option& declared, const Experiment& experiment) {
  const auto kind = section.chosen(experiment);
  const Option* own = kind ? kind->find(declared.name) : nullptr;
  // `options` only returns a reference; nothing is changed.
  const Attributes& set = section.options(const_cast<Experiment&>(experiment));
  const AttributeValue* value = own ? set.find(declared.name) : nullptr;
  return encode_attribute(value ? *value : own ? own->value : declared.value);
}

Key option_key(const KindSection& section, const std::vector<Kind>& kinds, const Option& declared) {
  Key key;
  key.name = fmt::format("{}.{}", section.section(), declared.name);
  key.meaning = declared.meaning + owners(kinds, declared.name);
  key.whole = is_whole(declared);
  // If all kinds have the same type, it is checked now, and the rest when the kind is known.
  const bool same_type = std::ranges::all_of(kinds, [&](const Kind& kind) {
    const Option* option = kind.find(declared.name);
    return !option || option->value.index() == declared.value.index();
  });
  key.read = [&section, same_type,
              any = Option{declared.name, {}, declared.value, {}, declared.word},
              name = key.name](Experiment& experiment, const Value& value) {
    section.options(experiment)
        .set(any.name, same_type ? decode_option(any, value, name) : decode_attribute(value, name));
  };
  key.write = [&section, declared](const Experiment& experiment) {
    return written(section, declared, experiment);
  };
  if (is_number(declared)) {
    key.set = [&section, declared, name = key.name](Experiment& experiment, double number) {
      const auto kind = section.chosen(experiment);
      const Option* own = kind ? kind->find(declared.name) : nullptr;
      const Option& option = own ? *own : declared;
      const Value value = is_whole(option) ? encode(static_cast<std::int64_t>(std::llround(number)))
                                           : encode(number);
      section.options(experiment).set(declared.name, decode_option(option, value, name));
    };
  }
  return std::move(key).needing(kind_has(section, declared.name));
}

}  // namespace

std::optional<Kind> KindSection::chosen(const Experiment& experiment) const {
  const std::vector<Kind> all = kinds();
  const auto found = std::ranges::find(all, kind(experiment), &Kind::name);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::span<const KindSection> kind_sections() {
  return sections;
}

const KindSection& kind_section(std::string_view section) {
  return *std::ranges::find(sections, section, &KindSection::section);
}

std::vector<Key> option_keys(const KindSection& section) {
  const std::vector<Kind> kinds = section.kinds();
  std::vector<Key> keys;
  for (const Kind& kind : kinds) {
    for (const Option& option : kind.options) {
      const auto same = [&](const Key& key) { return key.field() == option.name; };
      if (std::ranges::any_of(keys, same)) continue;
      keys.push_back(option_key(section, kinds, option));
    }
  }
  return keys;
}

std::string names_of(const std::vector<Kind>& kinds) {
  std::string text;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    text += i == 0 ? "" : i + 1 == kinds.size() ? " or " : ", ";
    text += kinds[i].name;
  }
  return text;
}

void settle_options(const KindSection& section, Experiment& experiment,
                    const std::function<bool(std::string_view key)>& given) {
  const auto kind = section.chosen(experiment);
  if (!kind) return;
  Attributes& options = section.options(experiment);
  Attributes settled = kind->defaults();
  for (const Key& key : option_keys(section)) {
    const std::string name(key.field());
    const AttributeValue* value = options.find(name);
    if (!value || !given(key.name)) continue;
    const Value read = encode_attribute(*value);
    if (const Option* option = kind->find(name)) {
      settled.set(name, decode_option(*option, read, key.name));
    } else if (to_toml(read) != to_toml(key.write(experiment))) {
      throw UsageError(fmt::format("{} has no effect on {}", key.name, kind->name));
    }
  }
  options = std::move(settled);
}

}  // namespace ridgeline::experiment
