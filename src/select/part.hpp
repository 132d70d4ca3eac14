#pragma once
// Keys of a part of the network: "regularize.l2@dense*" is the strength for what matches "dense*".

#include <string_view>

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

}  // namespace ridgeline::selection
