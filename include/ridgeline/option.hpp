#pragma once
// What can be made by name: a loss, an optimiser, an augmentation, a data source, a penalty. A kind
// declares its options once. The experiment file, `ridgeline help keys`, select.over, the record of
// a run and the model file follow the declaration.
//
//   register_loss({.name = "focal",
//                  .meaning = "cross-entropy that counts easy images less",
//                  .options = {{"gamma", "0: cross-entropy", 2.0, limits::not_negative}}},
//                 [](const Attributes& options) { return ...options.real("gamma")...; });

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"

namespace ridgeline {

/// What a number must be in.
struct Limits {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above = false;  ///< `least` itself is out
  bool below = false;  ///< `most` itself is out

  bool hold(double number) const;
  /// What `number`, which does not hold, must be: "at least 0 and below 1".
  std::string must_be(double number) const;
};

namespace limits {
inline constexpr Limits none{};
inline constexpr Limits not_negative{.least = 0};
inline constexpr Limits positive{.least = 0, .above = true};
inline constexpr Limits fraction{.least = 0, .most = 1, .below = true};
/// A whole number that counts something.
constexpr Limits count(int least) {
  return {.least = static_cast<double>(least), .most = std::numeric_limits<int>::max()};
}
}  // namespace limits

struct Option {
  std::string name;     ///< "gamma"
  std::string meaning;  ///< a line for people
  /// The default; its type is the option's. A list of whole numbers that is not empty fixes their
  /// number, and one number serves for all of them.
  AttributeValue value;
  Limits limits = {};  ///< of a number, or of each in a list
  /// A text that may be given in place of a value, which someone works out later: "balanced".
  /// Empty: there is none.
  std::string word = {};
  /// The texts that a text may be. Empty: any.
  std::vector<std::string> choices = {};
};

struct Kind {
  std::string name;          ///< as the experiment file names it
  std::string meaning = {};  ///< a line for people
  std::vector<Option> options = {};

  /// Null if the kind has no such option.
  const Option* find(std::string_view option) const;
  Attributes defaults() const;
  /// `given` with the defaults of what it does not have, in the order of the options. Throws
  /// UsageError for an option that the kind does not have, another type, and a number out of its
  /// limits. `section` is what the errors put before the name: "loss.".
  Attributes complete(const Attributes& given, std::string_view section = {}) const;
};

/// `given` as a value of the option's type: a whole number serves as a real one. Throws UsageError,
/// naming `key`, for another type and for a number out of its limits.
AttributeValue checked(const Option& option, const AttributeValue& given, std::string_view key);

}  // namespace ridgeline
