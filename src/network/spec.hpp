#pragma once
// What the built-in layers share: a kind, options, and their form as attributes and text.

#include <algorithm>
#include <utility>

#include "network/options.hpp"

namespace ridgeline::network {

/// A text as a template argument.
template <std::size_t Size>
struct Literal {
  char characters[Size];
  constexpr Literal(const char (&text)[Size]) { std::copy_n(text, Size, characters); }
  constexpr std::string_view view() const { return {characters, Size - 1}; }
};

/// A layer with a struct of options.
template <Literal Kind, typename OptionsType>
class Spec : public LayerSpec {
 public:
  using Options = OptionsType;
  static constexpr std::string_view name = Kind.view();

  explicit Spec(Options options = {}) : options_(std::move(options)) {}
  const Options& options() const { return options_; }

  std::string_view kind() const final { return name; }
  Attributes attributes() const final { return write_options(options_); }
  Attributes settings() const final {
    const Options standard;
    Attributes settings;
    for_each_field<Options>([&](const auto& field) {
      const auto& value = options_.*field.member;
      if (field.telling || !(value == standard.*field.member)) {
        settings.set(std::string(field.name), to_attribute(value));
      }
    });
    return settings;
  }

 protected:
  Options options_;
};

/// The result of `make`. Its errors begin with the kind.
template <typename SpecType, typename Make>
auto with_kind(Make&& make) {
  try {
    return make();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", SpecType::name, error.what()));
  }
}

/// The layer of class `SpecType` set to `options`.
template <typename SpecType>
Layer make(const typename SpecType::Options& options = {}) {
  return Layer(with_kind<SpecType>([&] { return std::make_shared<const SpecType>(options); }));
}

/// The same from attributes: the factory of a built-in kind.
template <typename SpecType>
std::shared_ptr<const LayerSpec> make_from(const Attributes& attributes) {
  using Options = typename SpecType::Options;
  expect_fields<Options>(SpecType::name, attributes);
  return with_kind<SpecType>(
      [&] { return std::make_shared<const SpecType>(read_options<Options>(attributes)); });
}

}  // namespace ridgeline::network
