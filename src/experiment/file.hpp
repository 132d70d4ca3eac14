#pragma once
// Reads and writes experiments.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "experiment/experiment.hpp"
#include "experiment/needs.hpp"

namespace ridgeline::experiment {

/// The experiment of a TOML text with `overrides` ("train.epochs=5") applied in order. `file` is
/// the text's name in errors; its stem replaces {name} in the patterns of folders.
/// Throws UsageError for an unknown key (naming the nearest one), a value of another type or out
/// of its limits, values that exclude each other, and a setting without effect, which `command` may
/// decide. A setting of the text must have an effect without or with the overrides, and an override
/// with all settings. The record of a run has every key (to_toml()), so some of its settings may
/// have no effect.
Experiment parse(std::string_view text, const std::filesystem::path& file,
                 std::span<const std::string> overrides = {}, Command command = Command::any);

/// The experiment of `file`, or the defaults if `file` is empty.
Experiment read(const std::filesystem::path& file, std::span<const std::string> overrides = {},
                Command command = Command::any);

/// Whether an override sets `key`.
bool sets(std::string_view override_text, std::string_view key);

/// Every key with its meaning, and the version of the program. parse() gives the same experiment.
std::string to_toml(const Experiment& experiment);

/// Writes to_toml(), whole or not at all. Throws ResourceError.
void save(const Experiment& experiment, const std::filesystem::path& file);

}  // namespace ridgeline::experiment
