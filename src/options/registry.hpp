#pragma once
// Makes layers, losses and optimisers by name. The built-in kinds and an application's own are in
// one table.

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "options/check.hpp"

namespace ridgeline {

/// Factories by kind. Thread-safe.
template <typename Factory>
class Registry {
 public:
  using Table = std::map<std::string, Factory, std::less<>>;

  /// What is made, for errors: Registry<LayerFactory>("a", "layer", {...}).
  Registry(std::string_view article, std::string_view noun, Table factories)
      : article_(article), noun_(noun), factories_(std::move(factories)) {}

  /// Throws UsageError for an unknown kind, with the nearest known one.
  Factory find(std::string_view kind) const {
    const std::scoped_lock lock(mutex_);
    if (const auto found = factories_.find(kind); found != factories_.end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& [name, factory] : factories_) known.push_back(name);
    throw UsageError(fmt::format("there is no {} '{}': {}", noun_, kind, suggestion(kind, known)));
  }

  /// All kinds, in the order of their names.
  std::vector<std::string> kinds() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> kinds;
    for (const auto& [name, factory] : factories_) kinds.push_back(name);
    return kinds;
  }

  /// Throws UsageError for a kind that is known already.
  void add(std::string kind, Factory factory) {
    const std::scoped_lock lock(mutex_);
    require(!factories_.contains(kind), "there is {} {} '{}' already", article_, noun_, kind);
    factories_.emplace(std::move(kind), factory);
  }

 private:
  std::string_view article_, noun_;
  mutable std::mutex mutex_;
  Table factories_;
};

}  // namespace ridgeline
