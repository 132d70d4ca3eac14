#pragma once
// Limits of keys: each is a function that throws UsageError for a value outside them.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/value.hpp"

namespace ridgeline::experiment {

using Check = std::function<void(const Value& value, std::string_view key)>;

Check at_least(double least);
/// The same for a count, which must also fit into 32 bits.
Check whole(int least);
Check above(double bound);
/// At least 0 and below 1; a value that is not a number passes.
Check fraction();
/// One of `now`. Those of `later` are refused with a sentence that says that they are planned.
Check one_of(std::vector<std::string> now, std::vector<std::string> later = {});
/// Anything except those of `later`.
Check not_yet(std::vector<std::string> later, std::string instead);
/// Only the default, until more is supported.
Check only(Value allowed, std::string what);
/// A name that is not empty.
Check folder_name();
/// "val_data_loss", "train_accuracy", ...: one of `prefixes` and a metric.
Check metric(std::vector<std::string> prefixes);

}  // namespace ridgeline::experiment
