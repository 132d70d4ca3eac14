#include "select/study_settings.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "ridgeline/error.hpp"
#include "select/methods/method.hpp"

namespace ridgeline::selection {
namespace {

constexpr std::size_t longest_shown = 80;
constexpr const char* none = "nothing";  // in place of the value of a setting that is missing

std::string value_of(const Settings& settings, const std::string& name) {
  const auto found = std::ranges::find(settings, name, &Settings::value_type::first);
  return found == settings.end() ? none : found->second;
}

std::string range_text(const Range& range) {
  if (!range.names.empty()) return fmt::format("{}", range.names);
  if (!range.values.empty()) return fmt::format("{}", range.values);
  return fmt::format("{} to {}, {}{}", range.min, range.max, range.log ? "log" : "linear",
                     range.automatic ? ", automatic" : "");
}

std::string split_text(const SelectOptions& o) {
  if (o.splits) return "lists";
  return o.split == "stratified" ? o.split : fmt::format("{} ({})", o.split, o.leave_groups);
}

}  // namespace

Settings fixed_settings(const SelectOptions& o, const SelectionTask& task) {
  Settings settings;
  for (const auto& [key, range] : o.over) {
    settings.emplace_back("select.over." + key, range_text(range));
    if (!range.unit.empty()) {
      settings.emplace_back(fmt::format("select.over.{}.unit", key), range.unit);
    }
  }
  settings.insert(settings.end(), {{"select.over", fmt::format("{}", o.over.size())},
                                   {"select.method", o.method},
                                   {"select.trials", fmt::format("{}", o.trials)}});
  if (takes_sampler(o)) settings.emplace_back("select.sampler", sampler_name(o));
  if (takes_factor(o.method)) settings.emplace_back("select.factor", fmt::format("{}", o.factor));
  settings.insert(settings.end(), {{"select.split", split_text(o)},
                                   {"select.repeats", fmt::format("{}", o.repeats)},
                                   {"select.folds", fmt::format("{}", o.folds / o.repeats)},
                                   {"the folds' seed", fmt::format("{}", o.seed)}});
  // Options of a task count the folds of all repeats.
  if (!o.splits && o.split == "stratified" && o.folds == o.repeats) {
    settings.emplace_back("data.validation", fmt::format("{}", o.holdout));
  }
  settings.insert(settings.end(), task.settings.begin(), task.settings.end());
  return settings;
}

void check_settings(const Settings& before, const StudySettings& now, StudyUse use,
                    const std::filesystem::path& file) {
  const auto check = [&](const std::string& name, const std::string& was, const std::string& is) {
    if (was == is) return;
    const bool shown = was.size() + is.size() <= longest_shown;
    throw UsageError(
        fmt::format("{}: this study was begun with {}: continue with that, or name another folder",
                    file.string(),
                    shown ? fmt::format("{} = {}, not {}", name, was, is)
                          : fmt::format("another setting of {}", name)));
  };
  for (const auto& [name, value] : now.fixed) check(name, value_of(before, name), value);
  for (const auto& [name, value] : now.current) {
    if (use == StudyUse::join) check(name, value_of(before, name), value);
  }
  // A setting that is left out differs, too.
  for (const auto& [name, value] : before) {
    if (value_of(now.current, name) == none) check(name, value, value_of(now.fixed, name));
  }
}

}  // namespace ridgeline::selection
