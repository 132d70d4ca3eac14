// Schedules, penalty rules and search ranges: tables that are one value.

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "experiment/codec.hpp"
#include "experiment/toml.hpp"
#include "optimize/schedule_fields.hpp"
#include "ridgeline/penalty_keys.hpp"
#include "ridgeline/penalty_term.hpp"

namespace ridgeline::experiment {
namespace {

/// Refuses keys that a rule does not have. `match`: whether "match" is allowed.
void expect_rule_keys(const Table& table, std::string_view key, bool match) {
  std::vector<std::string_view> names{"role", "l2_factor"};
  if (match) names.insert(names.begin(), "match");
  for (const PenaltyKey& strength : penalty_keys) names.push_back(strength.name);
  const std::vector<Kind> kinds = penalty_kinds();
  for (const Kind& kind : kinds) names.push_back(kind.name);
  expect_only(table, key, names);
}

/// Everything except the match.
void decode_strengths(const Value& value, std::string_view key, PenaltyRule& out) {
  const auto& table = std::get<Table>(value.data);
  decode_entry(table, key, "role", out.role);
  for (const PenaltyKey& strength : penalty_keys) {
    Schedule schedule;
    if (decode_entry(table, key, strength.name, schedule)) out.*strength.rule = schedule;
  }
  for (const Kind& kind : penalty_kinds()) {
    Schedule schedule;
    if (decode_entry(table, key, kind.name, schedule)) out.own[kind.name] = schedule;
  }
  double factor = 0;
  if (decode_entry(table, key, "l2_factor", factor)) out.l2_factor = factor;
  if (factor < 0) fail(*find(table, "l2_factor"), fmt::format("{}.l2_factor", key), "at least 0");
  located(value.where, [&] { out.check(key); });
  const auto names_whom = [](const Entry& entry) {
    return entry.key == "match" || entry.key == "role";
  };
  if (!value.recorded && std::ranges::all_of(table, names_whom)) {
    throw UsageError(
        fmt::format("{}{} changes nothing: give it a strength, such as l2 = 0, or leave it out",
                    value.where, key));
  }
}

/// Refuses fields that the schedule's kind does not have.
void expect_fields_of_kind(const Table& table, std::string_view key, const Schedule& schedule) {
  const auto& fields = optimize::schedule_fields(schedule.kind);
  for (const auto& [name, value] : table) {
    if (name == "kind" || name == "from") continue;
    if (std::ranges::find(fields, name) != fields.end()) continue;
    const auto with = optimize::kinds_with(name);
    const std::string kinds = fmt::format("{}", fmt::join(with, ", "));
    throw UsageError(
        find(table, "kind")
            ? fmt::format("{}{}.{} has no effect: a {} schedule has no '{}', which is for {}",
                          value.where, key, name, schedule.kind, name, kinds)
            : fmt::format("{}{}.{} has no effect without a kind that has it: give kind, one of {}",
                          value.where, key, name, kinds));
  }
}

}  // namespace

void decode(const Value& value, std::string_view key, Schedule& out) {
  Schedule schedule;
  if (const auto* table = value.get<Table>()) {
    static constexpr std::array<std::string_view, 6> known{"kind",   "from",  "to",
                                                           "factor", "every", "warmup"};
    expect_only(*table, key, known);
    if (!decode_entry(*table, key, "from", schedule.value)) {
      throw UsageError(fmt::format("{}{} needs 'from', the value that its schedule begins with",
                                   value.where, key));
    }
    decode_entry(*table, key, "kind", schedule.kind);
    decode_entry(*table, key, "to", schedule.to);
    decode_entry(*table, key, "factor", schedule.factor);
    decode_entry(*table, key, "every", schedule.every);
    decode_entry(*table, key, "warmup", schedule.warmup);
  } else if (value.get<double>() || value.get<std::int64_t>()) {
    decode(value, key, schedule.value);
  } else {
    fail(value, key, "a number or a schedule such as { kind = \"cosine\", from = 1e-3, to = 0 }");
  }
  located(value.where, [&] { schedule.check(key); });
  const auto* table = value.get<Table>();
  if (table && !value.recorded) expect_fields_of_kind(*table, key, schedule);
  out = schedule;
}

Value encode(const Schedule& value) {
  const Schedule plain(value.value);
  if (value == plain) return encode(value.value);
  Table table{{"kind", encode(value.kind)}, {"from", encode(value.value)}};
  const auto add = [&](std::string name, double field, double plain_field) {
    if (field != plain_field) table.push_back({std::move(name), encode(field)});
  };
  add("to", value.to, plain.to);
  add("factor", value.factor, plain.factor);
  add("every", value.every, plain.every);
  add("warmup", value.warmup, plain.warmup);
  return {.data = std::move(table), .where = {}};
}

void decode(const Value& value, std::string_view key, PenaltyRule& out) {
  const auto& table =
      expect<Table>(value, key, "a table such as { match = \"dense*\", l2_factor = 10 }");
  expect_rule_keys(table, key, true);
  if (!decode_entry(table, key, "match", out.match)) {
    throw UsageError(
        fmt::format("{}{} needs 'match', the names that it is for: \"dense*\"", value.where, key));
  }
  decode_strengths(value, key, out);
}

void decode_layer_rule(const Value& value, std::string_view key, PenaltyRule& out) {
  const auto& table = expect<Table>(value, key, "a table such as { l2 = 1e-3 }");
  expect_rule_keys(table, key, false);
  decode_strengths(value, key, out);
}

Value encode(const PenaltyRule& value) {
  Table table;
  if (!value.match.empty()) table.push_back({"match", encode(value.match)});
  if (!value.role.empty()) table.push_back({"role", encode(value.role)});
  for (const PenaltyKey& strength : penalty_keys) {
    const auto& schedule = value.*strength.rule;
    if (schedule) table.push_back({std::string(strength.name), encode(*schedule)});
  }
  for (const auto& [name, schedule] : value.own) table.push_back({name, encode(schedule)});
  if (value.l2_factor) table.push_back({"l2_factor", encode(*value.l2_factor)});
  return {.data = std::move(table), .where = {}};
}

void decode(const Value& value, std::string_view key, RateRule& out) {
  static constexpr std::array<std::string_view, 2> known{"match", "learning_rate_factor"};
  constexpr std::string_view example = R"({ match = "conv2d_*", learning_rate_factor = 0.1 })";
  const auto& table = expect<Table>(value, key, fmt::format("a table such as {}", example));
  expect_only(table, key, known);
  if (!decode_entry(table, key, "match", out.match) ||
      !decode_entry(table, key, "learning_rate_factor", out.learning_rate_factor)) {
    throw UsageError(fmt::format("{}{} needs 'match' and 'learning_rate_factor': {}", value.where,
                                 key, example));
  }
  if (!(out.learning_rate_factor > 0)) {
    fail(*find(table, "learning_rate_factor"), fmt::format("{}.learning_rate_factor", key),
         "above 0 (model.frozen keeps parameters as they are)");
  }
}

Value encode(const RateRule& value) {
  return {.data = Table{{"match", encode(value.match)},
                        {"learning_rate_factor", encode(value.learning_rate_factor)}},
          .where = {}};
}

// Numbers, or any other values, which become names.
void decode_list(const Value& value, std::string_view key, Range& out) {
  const auto& values = std::get<Array>(value.data);
  const auto is_number = [](const Value& v) { return v.get<double>() || v.get<std::int64_t>(); };
  if (std::ranges::all_of(values, is_number)) return decode(value, key, out.values);
  for (const Value& v : values) {
    if (is_number(v)) {
      throw UsageError(
          fmt::format("{}{} must list either numbers or other values, not both", value.where, key));
    }
    const auto* word = v.get<std::string>();
    out.names.push_back(word ? *word : to_toml(v));
    out.values.push_back(static_cast<double>(out.values.size()));
  }
}

void decode(const Value& value, std::string_view key, Range& out) {
  if (const auto* word = value.get<std::string>(); word && *word == "auto") {
    out.automatic = true;
    return;
  }
  if (const auto* values = value.get<Array>()) {
    if (values->empty()) fail(value, key, "a range or at least one value");
    decode_list(value, key, out);
    return;
  }
  static constexpr std::array<std::string_view, 4> known{"min", "max", "scale", "unit"};
  const auto& table = expect<Table>(
      value, key, "{ min = 1e-6, max = 1e-1, scale = \"log\" }, an array of values, or \"auto\"");
  expect_only(table, key, known);
  decode_entry(table, key, "unit", out.unit);
  if (!out.unit.empty() && !find(table, "min") && !find(table, "max")) {
    out.automatic = true;
    return;
  }
  if (!decode_entry(table, key, "min", out.min) || !decode_entry(table, key, "max", out.max)) {
    throw UsageError(fmt::format("{}{} needs both 'min' and 'max'", value.where, key));
  }
  std::string scale = "log";
  decode_entry(table, key, "scale", scale);
  if (scale != "log" && scale != "linear") {
    fail(*find(table, "scale"), fmt::format("{}.scale", key), "\"log\" or \"linear\"");
  }
  out.log = scale == "log";
  if (out.log && out.min <= 0) {
    fail(*find(table, "min"), fmt::format("{}.min", key), "above 0 on a log scale");
  }
  if (!(out.min < out.max)) {
    fail(*find(table, "max"), fmt::format("{}.max", key), fmt::format("above min ({})", out.min));
  }
}

Value encode(const Range& value) {
  if (value.automatic && value.unit.empty()) return encode(std::string("auto"));
  if (!value.names.empty()) {
    Array names;
    for (const std::string& name : value.names) {
      names.push_back(parse_override("value=" + name).front().value);
    }
    return {.data = std::move(names), .where = {}};
  }
  if (!value.values.empty()) return encode(value.values);
  if (value.automatic) {
    return {.data = Table{{"unit", encode(value.unit)}}, .where = {}};
  }
  Table table{{"min", encode(value.min)},
              {"max", encode(value.max)},
              {"scale", encode(std::string(value.log ? "log" : "linear"))}};
  if (!value.unit.empty()) table.push_back({"unit", encode(value.unit)});
  return {.data = std::move(table), .where = {}};
}

void decode(const Value& value, std::string_view key, SearchSpace& out) {
  const auto& table = expect<Table>(
      value, key, "a table such as { \"regularize.l2\" = { min = 1e-6, max = 1e-1 } }");
  out.clear();
  for (const auto& [name, range] : table) {
    decode(range, fmt::format("{}.{}", key, to_toml_key(name)), out[name]);
  }
  if (out.empty()) {
    throw UsageError(fmt::format("{}{} must name at least one key, such as \"regularize.l2\"",
                                 value.where, key));
  }
}

Value encode(const SearchSpace& value) {
  Table table;
  for (const auto& [name, range] : value) table.push_back({name, encode(range)});
  return {.data = std::move(table), .where = {}};
}

}  // namespace ridgeline::experiment
