#pragma once
// How each type of an experiment's fields is written in TOML. `decode` throws UsageError with
// file, line and key for a value of another type; `encode` writes what `decode` reads back.

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "experiment/value.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/precision.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::experiment {

void decode(const Value& value, std::string_view key, bool& out);
void decode(const Value& value, std::string_view key, std::int64_t& out);
void decode(const Value& value, std::string_view key, double& out);  ///< finite
void decode(const Value& value, std::string_view key, std::string& out);
void decode(const Value& value, std::string_view key, Precision& out);  ///< by its name
void decode(const Value& value, std::string_view key, std::vector<std::string>& out);
void decode(const Value& value, std::string_view key, std::vector<double>& out);
/// A number, or a string.
void decode(const Value& value, std::string_view key, std::variant<double, std::string>& out);
/// A number, or { kind = "cosine", from = 1e-3, to = 0 } with any of Schedule's fields.
void decode(const Value& value, std::string_view key, Schedule& out);
/// { match = "dense*", l2_factor = 10 }
void decode(const Value& value, std::string_view key, PenaltyRule& out);
void decode(const Value& value, std::string_view key, std::vector<PenaltyRule>& out);
/// A rule without a match: { l2 = 1e-3 }
void decode_layer_rule(const Value& value, std::string_view key, PenaltyRule& out);
/// { match = "conv2d_*", learning_rate_factor = 0.1 }
void decode(const Value& value, std::string_view key, RateRule& out);
void decode(const Value& value, std::string_view key, std::vector<RateRule>& out);
/// Numbers, or "balanced".
/// { min = 1e-6, max = 1e-1, scale = "log" | "linear" }, or an array of values.
void decode(const Value& value, std::string_view key, Range& out);
/// A table from keys to ranges.
void decode(const Value& value, std::string_view key, SearchSpace& out);
/// Tables { conv2d = { filters = 32 }, name = "...", inputs = ["..."], regularize = ... }; the
/// image is "input", and regularize a rule without a match, { l2 = 1e-3 }, or an array of them.
void decode(const Value& value, std::string_view key, Network& out);

/// A boolean, number or string, or an array of numbers, as it is written.
AttributeValue decode_attribute(const Value& value, std::string_view key);
Value encode_attribute(const AttributeValue& value);
/// As the option declares it. Throws UsageError for another type, and for a number out of its
/// limits.
AttributeValue decode_option(const Option& option, const Value& value, std::string_view key);

Value encode(bool value);
Value encode(std::int64_t value);
Value encode(double value);
Value encode(std::string value);
Value encode(Precision value);
Value encode(const std::vector<std::string>& value);
Value encode(const std::vector<double>& value);
Value encode(const std::variant<double, std::string>& value);
Value encode(const Schedule& value);
Value encode(const PenaltyRule& value);
Value encode(const std::vector<PenaltyRule>& value);
Value encode(const RateRule& value);
Value encode(const std::vector<RateRule>& value);
Value encode(const Range& value);
Value encode(const SearchSpace& value);
Value encode(const Network& value);

/// The content of `value`. Throws UsageError, which asks for `type`, if it is not a T.
template <typename T>
const T& expect(const Value& value, std::string_view key, std::string_view type) {
  if (const T* held = value.get<T>()) return *held;
  fail(value, key, type);
}

/// Reads a table's entry into `out`. Returns false if there is none.
template <typename T>
bool decode_entry(const Table& table, std::string_view key, std::string_view name, T& out) {
  const Value* value = find(table, name);
  if (value) decode(*value, fmt::format("{}.{}", key, name), out);
  return value != nullptr;
}

/// Refuses entries of a table that are not among `known`, naming the nearest one.
void expect_only(const Table& table, std::string_view key, std::span<const std::string_view> known);

}  // namespace ridgeline::experiment
