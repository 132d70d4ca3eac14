#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "experiment/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::experiment {

/// The error of parsing `text` with `overrides`; empty if there is none.
inline std::string refusal(std::string_view text, std::vector<std::string> overrides = {}) {
  try {
    parse(text, "experiment.toml", overrides);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

inline Experiment parsed(std::string_view text, std::vector<std::string> overrides = {}) {
  return parse(text, "experiment.toml", overrides);
}

}  // namespace ridgeline::experiment
