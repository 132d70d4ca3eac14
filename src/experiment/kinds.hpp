#pragma once
// Sections of the experiment that name a kind and hold its options: [loss], [optimizer], and [data]
// with its source. Their keys come from the declared options (ridgeline/option.hpp), also of an
// application's kinds.

#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include "experiment/keys.hpp"

namespace ridgeline::experiment {

struct KindSection {
  std::string_view key;  ///< the key that names the kind: "loss.kind"
  std::vector<Kind> (*kinds)();
  const std::string& (*kind)(const Experiment&);
  Attributes& (*options)(Experiment&);

  std::string_view section() const { return key.substr(0, key.find('.')); }
  /// The kind that the experiment names; nothing for an unknown name.
  std::optional<Kind> chosen(const Experiment& experiment) const;
};

std::span<const KindSection> kind_sections();
const KindSection& kind_section(std::string_view section);

/// A key for each option of any kind. If kinds differ in its meaning or default, those of the first
/// kind are shown.
std::vector<Key> option_keys(const KindSection& section);
/// "cross-entropy, mse or binary-cross-entropy"
std::string names_of(const std::vector<Kind>& kinds);

/// Checks the options for which `given(key)` is true, and sets the others to the defaults of the
/// kind. Throws UsageError for an option that the kind does not have, unless it has its default,
/// for another type and for a number out of its limits. Does nothing for an unknown kind.
void settle_options(const KindSection& section, Experiment& experiment,
                    const std::function<bool(std::string_view key)>& given);

}  // namespace ridgeline::experiment
