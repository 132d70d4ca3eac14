#include "ridgeline/option.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "options/check.hpp"

namespace ridgeline {
namespace {

void check(const Limits& limits, double number, std::string_view key) {
  require(limits.hold(number), "{} must be {}, not {}", key, limits.must_be(number), number);
}

/// Reads the value as type T, as Attributes does.
template <typename T>
T read(const AttributeValue& given, std::string_view key) {
  const std::string name(key);
  const Attributes one{{name, given}};
  if constexpr (std::is_same_v<T, bool>) {
    return one.boolean(name, false);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return one.integer(name, 0);
  } else if constexpr (std::is_same_v<T, double>) {
    return one.real(name, 0);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return one.text(name, "");
  } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
    return one.integers(name, {});
  } else {
    return one.reals(name, {});
  }
}

/// A list of whole numbers. If the default has numbers, it must have as many.
std::vector<std::int64_t> read_list(const std::vector<std::int64_t>& standard,
                                    const AttributeValue& given, std::string_view key) {
  const auto* one = std::get_if<std::int64_t>(&given);
  if (one && !standard.empty()) return std::vector<std::int64_t>(standard.size(), *one);
  auto list = read<std::vector<std::int64_t>>(given, key);
  require(standard.empty() || list.size() == standard.size(),
          "{} must be one number or {} of them, not {}", key, standard.size(), list.size());
  return list;
}

}  // namespace

bool Limits::hold(double number) const {
  return (above ? number > least : number >= least) && (below ? number < most : number <= most);
}

std::string Limits::must_be(double number) const {
  const std::string from = fmt::format("{} {}", above ? "above" : "at least", least);
  const std::string to = fmt::format("{} {}", below ? "below" : "at most", most);
  if (!std::isfinite(least)) return to;
  if (!std::isfinite(most)) return from;
  if (below) return fmt::format("{} and {}", from, to);
  return number > most ? to : from;
}

const Option* Kind::find(std::string_view option) const {
  const auto found = std::ranges::find(options, option, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

Attributes Kind::defaults() const {
  Attributes all;
  for (const Option& option : options) all.set(option.name, option.value);
  return all;
}

Attributes Kind::complete(const Attributes& given, std::string_view section) const {
  std::vector<std::string_view> known;
  for (const Option& option : options) known.push_back(option.name);
  given.expect_only(name, known);
  Attributes all;
  for (const Option& option : options) {
    const AttributeValue* value = given.find(option.name);
    const std::string key = fmt::format("{}{}", section, option.name);
    all.set(option.name, value ? checked(option, *value, key) : option.value);
  }
  return all;
}

AttributeValue checked(const Option& option, const AttributeValue& given, std::string_view key) {
  const auto* text = std::get_if<std::string>(&given);
  if (text && !option.word.empty() && *text == option.word) return given;
  return std::visit(
      [&]<typename T>(const T& standard) -> AttributeValue {
        T value;
        if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
          value = read_list(standard, given, key);
        } else {
          value = read<T>(given, key);
        }
        if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>) {
          check(option.limits, static_cast<double>(value), key);
        } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>> ||
                             std::is_same_v<T, std::vector<double>>) {
          for (const auto number : value) check(option.limits, static_cast<double>(number), key);
        } else if constexpr (std::is_same_v<T, std::string>) {
          const auto& known = option.choices;
          require(known.empty() || std::ranges::find(known, value) != known.end(),
                  "{} must be \"{}\", not \"{}\"", key, fmt::join(known, "\" or \""), value);
        }
        return value;
      },
      option.value);
}

}  // namespace ridgeline
