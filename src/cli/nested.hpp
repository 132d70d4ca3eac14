#pragma once
// What a selection says of its estimates on images that did not choose: nested cross-validation,
// and the test set.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/console.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::cli {

/// Null without nested cross-validation. `over`: what was searched.
nlohmann::ordered_json nested_json(const std::optional<Nested>& nested, const SearchSpace& over);
void print_nested(Console& console, const std::string& metric, const Nested& nested,
                  const SearchSpace& over);

/// Says if the test set was looked at more than once.
void print_test_looks(Console& console, int looks);

}  // namespace ridgeline::cli
