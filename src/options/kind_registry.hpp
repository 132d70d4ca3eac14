#pragma once
// Kinds that can be made by name, with their options. The built-in kinds and an application's own
// are in one table.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "options/check.hpp"
#include "ridgeline/option.hpp"

namespace ridgeline {

/// The number of kinds that were added to all registries. When it has changed, tables that were
/// made from the kinds are out of date.
std::uint64_t kinds_added();
void count_added_kind();

/// The kinds are in the order in which they were added. May be used by several threads at once.
template <typename Make>
class KindRegistry {
 public:
  struct Entry {
    Kind kind;
    Make make;
  };

  /// `article` and `noun` are for errors: ("a", "loss", {...}).
  KindRegistry(std::string_view article, std::string_view noun, std::vector<Entry> entries)
      : article_(article), noun_(noun), entries_(std::move(entries)) {}

  /// Throws UsageError for an unknown kind, with the nearest known one.
  Entry find(std::string_view name) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string_view> known;
    for (const Entry& entry : entries_) {
      if (entry.kind.name == name) return entry;
      known.push_back(entry.kind.name);
    }
    std::ranges::sort(known);
    throw UsageError(fmt::format("there is no {} '{}': {}", noun_, name, suggestion(name, known)));
  }

  /// Throws UsageError for a kind that is known already, and for an option without a name.
  void add(Kind kind, Make make) {
    for (const Option& option : kind.options) {
      require(!option.name.empty(), "the {} '{}' has an option without a name", noun_, kind.name);
    }
    const std::scoped_lock lock(mutex_);
    for (const Entry& entry : entries_) {
      require(entry.kind.name != kind.name, "there is {} {} '{}' already", article_, noun_,
              kind.name);
    }
    entries_.push_back({std::move(kind), std::move(make)});
    count_added_kind();
  }

  std::vector<Kind> kinds() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Kind> all;
    for (const Entry& entry : entries_) all.push_back(entry.kind);
    return all;
  }

 private:
  std::string_view article_, noun_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace ridgeline
