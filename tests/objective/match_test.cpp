// Compares globs with a plain recursive definition, and tries a pattern that is made to take
// forever.
#include "objective/match.hpp"

#include <gtest/gtest.h>

namespace ridgeline::objective {
namespace {

bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         fits(pattern.substr(1), text.substr(1));
}

/// A parameter whose layer has no name, so that only one text is matched.
Parameter named(std::string name) {
  Parameter parameter;
  parameter.name = std::move(name);
  return parameter;
}

/// All words of up to `length` of the `letters`.
std::vector<std::string> words(std::string_view letters, std::size_t length) {
  std::vector<std::string> all{""};
  for (std::size_t from = 0; from < all.size(); ++from) {
    if (all[from].size() == length) break;
    for (const char letter : letters) all.push_back(all[from] + letter);
  }
  return all;
}

TEST(Match, IsTheDefinition) {
  for (const std::string& pattern : words("ab*?", 5)) {
    for (const std::string& text : words("ab", 5)) {
      EXPECT_EQ(matches(pattern, named(text)), fits(pattern, text)) << pattern << " " << text;
    }
  }
}

TEST(Match, ManyStarsEnd) {
  std::string pattern;
  for (int i = 0; i < 20; ++i) pattern += "*a";
  const std::string text(2000, 'a');
  EXPECT_TRUE(matches(pattern + "*", named(text)));
  EXPECT_FALSE(matches(pattern + "*b", named(text)));
}

}  // namespace
}  // namespace ridgeline::objective
