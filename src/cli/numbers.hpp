#pragma once
// Numbers that options take.

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string_view>
#include <type_traits>

#include "cli/command.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {

/// Throws UsageError for anything except a number of at least `least`. It must be whole if T is
/// integral.
template <typename T>
T parse(std::string_view option, std::string_view text, T least) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least)) {
    const std::string_view numbers = std::is_integral_v<T> ? "whole numbers" : "numbers";
    const bool large = error == std::errc::result_out_of_range && !text.starts_with('-');
    const std::string limits = large ? fmt::format("at most {}", std::numeric_limits<T>::max())
                                     : fmt::format("at least {}", least);
    throw UsageError(fmt::format("{} takes {} of {}, not '{}'", option, numbers, limits, text));
  }
  return value;
}

/// The number that an option gives, or `fallback` without the option.
template <typename T>
T number_of(const Arguments& arguments, std::string_view option, T fallback, T least) {
  const auto text = arguments.option(option);
  return text ? parse(option, *text, least) : fallback;
}

}  // namespace ridgeline::cli
