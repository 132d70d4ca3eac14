#include "experiment/checks.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "metrics/registry.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::experiment {
namespace {

std::optional<double> number(const Value& value) {
  if (const auto* whole = value.get<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = value.get<double>()) return *real;
  return std::nullopt;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

std::string quoted_list(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return list;
}

void refuse_later(const Value& value, std::string_view key, const std::vector<std::string>& later,
                  std::string_view instead) {
  const auto& text = std::get<std::string>(value.data);
  if (!contains(later, text)) return;
  throw UsageError(
      fmt::format("{}{} = \"{}\" is not supported yet: use {}", value.where, key, text, instead));
}

}  // namespace

Check at_least(double least) {
  return [=](const Value& value, std::string_view key) {
    const auto x = number(value);
    if (x && !(*x >= least)) fail(value, key, fmt::format("at least {}", least));
  };
}

Check whole(int least) {
  return [=](const Value& value, std::string_view key) {
    at_least(least)(value, key);
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    if (std::get<std::int64_t>(value.data) > most)
      fail(value, key, fmt::format("at most {}", most));
  };
}

Check above(double bound) {
  return [=](const Value& value, std::string_view key) {
    const auto x = number(value);
    if (x && !(*x > bound)) fail(value, key, fmt::format("above {}", bound));
  };
}

Check fraction() {
  return [](const Value& value, std::string_view key) {
    const auto x = number(value);
    if (x && !(*x >= 0 && *x < 1)) fail(value, key, "at least 0 and below 1");
  };
}

Check one_of(std::vector<std::string> now, std::vector<std::string> later) {
  return [=](const Value& value, std::string_view key) {
    const auto& text = std::get<std::string>(value.data);
    if (contains(now, text)) return;
    refuse_later(value, key, later, quoted_list(now));
    const std::string guess = nearest(text, std::vector<std::string_view>(now.begin(), now.end()));
    fail(value, key,
         guess.empty() ? quoted_list(now)
                       : fmt::format("{} (perhaps \"{}\")", quoted_list(now), guess));
  };
}

Check not_yet(std::vector<std::string> later, std::string instead) {
  return
      [=](const Value& value, std::string_view key) { refuse_later(value, key, later, instead); };
}

Check only(Value allowed, std::string what) {
  return [=](const Value& value, std::string_view key) {
    if (to_toml(value) == to_toml(allowed)) return;
    throw UsageError(fmt::format("{}{} is not supported yet: {}", value.where, key, what));
  };
}

namespace {

// The metrics that are measured depend on the images. This only refuses unknown names.
void check_measurable(std::string_view prefix, std::string_view name) {
  std::vector<std::string> known = metrics::known_names();
  known.insert(known.begin(), {"data_loss", "penalty", "objective"});
  if (contains(known, std::string(name)) || metrics::could_be_named(name)) return;
  const std::string of_kind = metrics::usual_name(name);
  const std::string guess =
      of_kind.empty() ? nearest(name, std::vector<std::string_view>(known.begin(), known.end()))
                      : of_kind;
  throw UsageError(fmt::format("there is no metric '{}': {}", name,
                               guess.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                             : fmt::format("did you mean '{}{}'?", prefix, guess)));
}

}  // namespace

Check metric(std::vector<std::string> prefixes) {
  return [=](const Value& value, std::string_view key) {
    const auto& text = std::get<std::string>(value.data);
    for (const std::string& prefix : prefixes) {
      if (!text.starts_with(prefix)) continue;
      located(fmt::format("{}{}: ", value.where, key),
              [&] { check_measurable(prefix, std::string_view(text).substr(prefix.size())); });
      return;
    }
    constexpr std::string_view test = "test_";
    if (text.starts_with(test)) {
      throw UsageError(fmt::format(
          "{}{} cannot be {}: the test set is measured once, after the choice, and does not take "
          "part in it: use {}{}",
          value.where, key, text, prefixes.front(), text.substr(test.size())));
    }
    fail(value, key, fmt::format("a metric such as \"{}data_loss\"", prefixes.front()));
  };
}

Check folder_name() {
  return [](const Value& value, std::string_view key) {
    if (std::get<std::string>(value.data).empty()) fail(value, key, "the name of a folder");
  };
}

}  // namespace ridgeline::experiment
