#pragma once
// The table of keys: each key of the experiment file once, with its field, its limits and its
// meaning. Reading, writing, defaults, overrides, selection and the help text all use it.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/experiment.hpp"
#include "experiment/needs.hpp"
#include "experiment/value.hpp"

namespace ridgeline::experiment {

struct Key {
  std::string name;                                     ///< "train.batch"
  std::string meaning;                                  ///< a line for people
  std::function<void(Experiment&, const Value&)> read;  ///< throws UsageError
  std::function<Value(const Experiment&)> write;
  std::function<void(Experiment&, double)> set;  ///< empty unless the key is a number
  bool whole = false;                            ///< whether it is a whole number
  std::vector<Need> needs;                       ///< all must be met for it to have an effect

  /// The key with one more need.
  Key needing(Need need) && {
    needs.push_back(std::move(need));
    return std::move(*this);
  }

  std::string_view section() const { return std::string_view(name).substr(0, name.find('.')); }
  std::string_view field() const { return std::string_view(name).substr(name.find('.') + 1); }
};

/// All keys, section by section.
const std::vector<Key>& keys();

/// Throws UsageError: "unknown key 'train.bacth': did you mean 'train.batch'?"
const Key& key(std::string_view name);

/// Why a setting of the key has no effect, to follow its name in a sentence. Empty if it has one.
/// `word`: whether it is given on the command line.
std::string no_effect(const Key& key, const Experiment& experiment, Command command, bool word);

/// Sets a key, as a selection does that searches `range`. Numbers are rounded for whole keys, and a
/// schedule keeps its form and begins with the number. "regularize.l2@dense*" becomes a rule.
/// Throws UsageError for a key that is no number and has no names, or for a value that it cannot
/// have.
void set_searched(Experiment& experiment, std::string_view name, const Range& range, double number);

}  // namespace ridgeline::experiment
