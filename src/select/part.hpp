#pragma once
// Keys of a part of the network: "regularize.l2@dense*" is the strength for what matches "dense*".

#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/model.hpp"
#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// "regularize.l2" of "regularize.l2@dense*".
inline std::string_view penalty_of(std::string_view key) {
  return key.substr(0, key.find('@'));
}

/// "dense*" of "regularize.l2@dense*"; empty for a key of the whole network.
inline std::string_view match_of(std::string_view key) {
  const auto at = key.find('@');
  return at == std::string_view::npos ? std::string_view() : key.substr(at + 1);
}

/// Throws UsageError for a part without parameters that are trained. `frozen`: globs of those that
/// are not.
void check_parts(const SearchSpace& over, const std::vector<Parameter>& parameters,
                 const std::vector<std::string>& frozen);

}  // namespace ridgeline::selection
