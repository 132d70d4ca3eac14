#pragma once
// The table of keys: each key of the experiment file once, with its field, its limits and its
// meaning. Reading, writing, defaults, overrides, selection and the help text all follow it.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/experiment.hpp"
#include "experiment/value.hpp"

namespace ridgeline::experiment {

struct Key {
  std::string name;                                     ///< "train.batch"
  std::string meaning;                                  ///< a line for people
  std::function<void(Experiment&, const Value&)> read;  ///< throws UsageError
  std::function<Value(const Experiment&)> write;
  std::function<void(Experiment&, double)> set;  ///< empty unless the key is a number

  std::string_view section() const { return std::string_view(name).substr(0, name.find('.')); }
  std::string_view field() const { return std::string_view(name).substr(name.find('.') + 1); }
};

/// All keys, section by section.
const std::vector<Key>& keys();

/// Throws UsageError: "unknown key 'train.bacth': did you mean 'train.batch'?"
const Key& key(std::string_view name);

/// Sets a numeric key, as a selection does: whole numbers are rounded to, and a schedule keeps its
/// form and begins with `number`. Throws UsageError for another kind of key, or out of its limits.
void set_number(Experiment& experiment, std::string_view name, double number);

}  // namespace ridgeline::experiment
