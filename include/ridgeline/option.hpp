#pragma once
// Kinds are things that have a name in the experiment file: losses, optimisers, augmentations, data
// sources, penalties. A kind declares its options once. The experiment file, `ridgeline help keys`,
// select.over, the record of a run and the model file all use this declaration.
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

/// The range of a number.
struct Limits {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool above = false;  ///< `least` itself is not allowed
  bool below = false;  ///< `most` itself is not allowed

  bool hold(double number) const;
  /// What `number`, which is out of range, must be: "at least 0 and below 1".
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
  Limits limits = {};  ///< of the number, or of each number in a list
  /// A word that may be given in place of a value, such as "balanced"; the value is computed later.
  /// Empty: none.
  std::string word = {};
  /// The texts that a text may be. Empty: any.
  std::vector<std::string> choices = {};
};

struct Kind {
  std::string name;          ///< its name in the experiment file
  std::string meaning = {};  ///< a line for people
  std::vector<Option> options = {};

  /// The option of that name, or null.
  const Option* find(std::string_view option) const;
  Attributes defaults() const;
  /// `given` plus the defaults of all other options, in the order of the options. Throws UsageError
  /// for an unknown option, a wrong type, and a number out of its limits. Errors write `section`,
  /// such as "loss.", before the name.
  Attributes complete(const Attributes& given, std::string_view section = {}) const;
};

/// `given` as a value of the option's type. A whole number can be a real number. Throws UsageError,
/// with `key`, for a wrong type and for a number out of its limits.
AttributeValue checked(const Option& option, const AttributeValue& given, std::string_view key);

}  // namespace ridgeline
