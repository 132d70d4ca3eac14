#pragma once
// The settings of a layer, a loss, an optimiser or an augmentation: a plain list of named values.
// The experiment file, the model file, printing and comparison all use this form.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ridgeline {

using AttributeValue = std::variant<bool, std::int64_t, double, std::string,
                                    std::vector<std::int64_t>, std::vector<double>>;

/// Ordered name-value pairs. The functions below read single values; `expect_only` refuses unknown
/// names.
class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<std::string, AttributeValue>> items) : items_(items) {}

  void set(std::string name, AttributeValue value);
  const AttributeValue* find(std::string_view name) const;
  std::span<const std::pair<std::string, AttributeValue>> items() const { return items_; }
  bool empty() const { return items_.empty(); }

  // The named value, or `fallback` if it is absent. A whole number can be read as a real number,
  // and a single integer as a list of two equal ones. For another type they throw a UsageError that
  // names the key.
  bool boolean(std::string_view name, bool fallback) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  double real(std::string_view name, double fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  std::vector<std::int64_t> integers(std::string_view name,
                                     std::vector<std::int64_t> fallback) const;
  std::vector<double> reals(std::string_view name, std::vector<double> fallback) const;
  // The named value. Only for complete options (Kind::complete): a missing value is a UsageError,
  // too.
  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::vector<double> reals(std::string_view name) const;

  /// Throws UsageError for a name that is not in `known`. The error suggests the nearest known
  /// name: "conv2d has no key 'filter': did you mean 'filters'?"
  void expect_only(std::string_view owner, std::span<const std::string_view> known) const;

  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::vector<std::pair<std::string, AttributeValue>> items_;
};

/// The value as text for people: 32, 0.5, true, [1, 2], relu.
std::string text(const AttributeValue& value);

/// The known word nearest to `word` by edit distance. Empty if none is near.
std::string nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace ridgeline
