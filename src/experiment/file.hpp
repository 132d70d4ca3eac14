#pragma once
// Experiments from and to files.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "experiment/experiment.hpp"
#include "experiment/needs.hpp"

namespace ridgeline::experiment {

/// The experiment of a TOML text with `overrides` ("train.epochs=5") applied in order. `file` is
/// the text's name in errors; its stem takes the place of {name} in the folders' patterns.
/// Throws UsageError for an unknown key (naming the nearest one), a value of another type or out
/// of its limits, values that exclude each other, and a setting without effect, which `command` may
/// decide. What the text sets must have an effect by itself or with the overrides; an override by
/// everything.
/// The record of a run, which holds every key (to_toml()), may hold some without effect.
Experiment parse(std::string_view text, const std::filesystem::path& file,
                 std::span<const std::string> overrides = {}, Command command = Command::any);

/// The experiment of `file`, or of the defaults where `file` is empty.
Experiment read(const std::filesystem::path& file, std::span<const std::string> overrides = {},
                Command command = Command::any);

/// Whether an override sets `key`.
bool sets(std::string_view override_text, std::string_view key);

/// Every key with its meaning, and what it was written by: parse() gives the same experiment.
std::string to_toml(const Experiment& experiment);

/// Writes to_toml(), whole or not at all. Throws ResourceError.
void save(const Experiment& experiment, const std::filesystem::path& file);

}  // namespace ridgeline::experiment
