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
/// Likewise for a count: it fits 32 bits too.
Check whole(int least);
Check above(double bound);
/// At least 0 and below 1; a value that is not a number passes.
Check fraction();
/// One of `now`; those of `later` are known, and refused with a sentence that says so.
Check one_of(std::vector<std::string> now, std::vector<std::string> later = {});
/// Anything but those of `later`.
Check not_yet(std::vector<std::string> later, std::string instead);
/// The default and nothing else, until there is more.
Check only(Value allowed, std::string what);
/// "val_data_loss", "train_accuracy", ...: a metric behind one of `prefixes`.
Check metric(std::vector<std::string> prefixes);

}  // namespace ridgeline::experiment
