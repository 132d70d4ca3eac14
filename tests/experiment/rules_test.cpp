#include "experiment/rules.hpp"

#include <gmock/gmock.h>

#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

using testing::HasSubstr;

/// The error for an experiment with these rules, on lenet5.
std::string refusal_of(const std::string& rules, std::vector<std::string> words = {},
                       const SearchSpace& searched = {}) {
  words.push_back("regularize.rule=" + rules);
  const Experiment experiment = parsed("", words);
  try {
    check_rules(experiment, experiment.regularize,
                infer(preset("lenet5", 10), {1, 28, 28}).parameters, searched);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

TEST(Rules, OneThatChangesNothingIsRefused) {
  EXPECT_EQ(refusal_of("[{ match = \"*.bias\", l2 = 0 }]"),
            "regularize.rule[0] '*.bias' changes nothing: the parameters that it matches have the "
            "same penalties without it; leave it out");
  for (const char* rules : {
           "[{ match = \"dense*\", l2_factor = 1, role = \"kernel\" }]",
           "[{ match = \"dense_1.kernel\", l2 = 1e-4 }]",
           "[{ match = \"dense*\", max_norm = 0 }]",
           "[{ match = \"dense_1\", l2 = 1 }, { match = \"dense*\", l2 = 2 }]",
       }) {
    EXPECT_THAT(refusal_of(rules), HasSubstr("regularize.rule[0] ")) << rules;
  }
  EXPECT_THAT(refusal_of("[{ match = \"*\", l2 = 1 }, { match = \"dense_1\", l2 = 1 }]"),
              HasSubstr("regularize.rule[1] 'dense_1'"));
  EXPECT_THAT(refusal_of("[{ match = \"dense*\", l2 = 1 }]", {"model.frozen=[\"dense*\"]"}),
              HasSubstr("changes nothing"));
}

TEST(Rules, OneThatChangesSomethingIsTaken) {
  for (const char* rules : {
           "[]",
           "[{ match = \"dense*\", l2_factor = 10 }]",
           "[{ match = \"*.bias\", l2_factor = 1 }]",
           "[{ match = \"dense_1.kernel\", l2 = { kind = \"cosine\", from = 1e-4, to = 0 } }]",
           "[{ match = \"dense_1.kernel\", l2 = { kind = \"proportional\", from = 1e-4 } }]",
           "[{ match = \"*\", l2 = 1 }, { match = \"dense_1\", l2 = 0 }]",
       }) {
    EXPECT_EQ(refusal_of(rules), "") << rules;
  }
}

TEST(Rules, WhatIsSearchedMayBeAnything) {
  const char* same = "[{ match = \"dense_1.kernel\", l2 = 1e-4 }]";
  EXPECT_NE(refusal_of(same), "");
  EXPECT_EQ(refusal_of(same, {}, {{"regularize.l2", {}}}), "");
  const char* none = "[{ match = \"dense*\", max_norm = 0 }]";
  EXPECT_EQ(refusal_of(none, {}, {{"regularize.max_norm", {}}}), "");
  // A λ of 0, for comparison, does not make the rules idle.
  EXPECT_EQ(refusal_of("[{ match = \"dense*\", l2_factor = 10 }]", {"regularize.l2=0"}), "");
  EXPECT_EQ(refusal_of("[{ match = \"dense*.kernel\", l2 = 0 }]", {"regularize.l2=0"}), "");
}

TEST(Rules, ASearchedStrengthThatTheyReplaceIsRefused) {
  const auto refused = [](const std::string& rules, const std::string& key) {
    const Experiment experiment = parsed("", {"regularize.rule=" + rules});
    try {
      check_searched(experiment.regularize, experiment,
                     infer(preset("lenet5", 10), {1, 28, 28}).parameters, {{key, {}}});
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refused("[{ match = \"*.kernel\", l2 = 1e-3 }]", "regularize.l2"),
              testing::StartsWith("select.over names regularize.l2, which changes nothing"));
  EXPECT_EQ(refused("[{ match = \"*.kernel\", l2 = 1e-3 }]", "regularize.l1"), "");
  EXPECT_EQ(refused("[{ match = \"dense*\", l2 = 1e-3 }]", "regularize.l2"), "");
  EXPECT_EQ(refused("[{ match = \"*\", l2_factor = 2 }]", "regularize.l2"), "");
}

TEST(Rules, OneWithoutAStrengthIsRefusedWhereItIs) {
  EXPECT_EQ(refusal("[[regularize.rule]]\nmatch = \"dense*\"\n"),
            "experiment.toml:1: regularize.rule[0] changes nothing: give it a strength, such as "
            "l2 = 0, or leave it out");
  EXPECT_THAT(refusal("[model]\nlayers = [{ dense = { units = 3 }, regularize = {} }]\n"),
              testing::AllOf(HasSubstr("experiment.toml:2: "), HasSubstr("changes nothing")));
}

}  // namespace
}  // namespace ridgeline::experiment
