#pragma once
// Numbers as people write them.

#include <cstdio>
#include <string>

namespace study {

/// "0.25", "12".
inline std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value + 0.0);  // no -0
  return text;
}

/// For a number with one digit that is not 0: "3e-2", "0.1", "100", "1e4".
inline std::string one_digit_text(double value) {
  if (value == 0 || (value >= 0.1 && value < 1e4)) return short_text(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.0e", value);
  std::string digits = text;  // "3e-03", "1e+04"
  for (const char* filling : {"+", "-0", "e0"}) {
    const auto at = digits.find(filling);
    if (at != std::string::npos) digits.erase(at + std::string(filling).size() - 1, 1);
  }
  return digits;
}

}  // namespace study
