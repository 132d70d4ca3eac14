// Options as kinds declare them: types, limits, defaults.
#include "ridgeline/option.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "options/kind_registry.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

TEST(Limits, SayWhatIsOut) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(limits::none.hold(-1e300));
  EXPECT_TRUE(limits::not_negative.hold(0));
  EXPECT_FALSE(limits::not_negative.hold(-1e-300));
  EXPECT_FALSE(limits::positive.hold(0));
  EXPECT_TRUE(limits::fraction.hold(0));
  EXPECT_FALSE(limits::fraction.hold(1));
  EXPECT_TRUE(limits::count(1).hold(1));
  EXPECT_FALSE(limits::count(1).hold(0));
  EXPECT_FALSE(limits::count(1).hold(3e9));
  for (const Limits& l : {limits::none, limits::not_negative, limits::positive, limits::fraction}) {
    EXPECT_FALSE(l.hold(nan));
  }
  EXPECT_FALSE(limits::fraction.hold(infinity));
  EXPECT_EQ(limits::not_negative.must_be(-1), "at least 0");
  EXPECT_EQ(limits::positive.must_be(0), "above 0");
  EXPECT_EQ(limits::fraction.must_be(2), "at least 0 and below 1");
  EXPECT_EQ(limits::count(1).must_be(0), "at least 1");
  EXPECT_EQ(limits::count(1).must_be(3e9), "at most 2147483647");
}

TEST(Option, ATextMayHaveChoices) {
  const Kind kind{.name = "part",
                  .options = {{.name = "how",
                               .meaning = "a word",
                               .value = std::string("fast"),
                               .choices = {"fast", "exact"}}}};
  EXPECT_EQ(kind.complete({{"how", "exact"}}).text("how"), "exact");
  EXPECT_EQ(kind.complete({}).text("how"), "fast");
  EXPECT_USAGE_ERROR(kind.complete({{"how", "slow"}}, "part: "),
                     "part: how must be \"fast\" or \"exact\", not \"slow\"");
}

TEST(Option, AListThatIsNotEmptyHasItsLength) {
  using List = std::vector<std::int64_t>;
  const Limits level{.least = 0, .most = 255};
  const Kind kind{.name = "part",
                  .options = {{"fill", "a colour", List{0, 0, 0}, level},
                              {"sizes", "any number of them", List{}}}};
  const auto list = [&](const Attributes& given, const char* name) {
    return kind.complete(given).integers(name, {});
  };
  EXPECT_EQ(list({}, "fill"), (List{0, 0, 0}));
  EXPECT_EQ(list({{"fill", std::int64_t{7}}}, "fill"), (List{7, 7, 7}));
  EXPECT_EQ(list({{"fill", List{1, 2, 3}}}, "fill"), (List{1, 2, 3}));
  EXPECT_EQ(list({{"sizes", List{1, 2, 3, 4}}}, "sizes"), (List{1, 2, 3, 4}));
  EXPECT_USAGE_ERROR(kind.complete({{"fill", List{1, 2}}}),
                     "fill must be one number or 3 of them, not 2");
  EXPECT_USAGE_ERROR(kind.complete({{"fill", List{1, 2, 256}}}),
                     "fill must be at most 255, not 256");
}

Kind kind() {
  return {.name = "part",
          .options = {{"rate", "a number", 0.5, limits::fraction},
                      {"count", "a whole number", std::int64_t{3}, limits::count(1)},
                      {"on", "a switch", true},
                      {"word", "a text", std::string("a")},
                      {"list", "numbers", std::vector<double>{}, limits::positive}}};
}

TEST(Kinds, FillInDefaultsInTheirOrder) {
  const Attributes complete = kind().complete({{"on", false}, {"rate", std::int64_t{0}}});
  EXPECT_EQ(complete, (Attributes{{"rate", 0.0},
                                  {"count", std::int64_t{3}},
                                  {"on", false},
                                  {"word", std::string("a")},
                                  {"list", std::vector<double>{}}}));
  EXPECT_EQ(kind().defaults(), kind().complete({}));
  EXPECT_EQ(kind().find("count")->meaning, "a whole number");
  EXPECT_EQ(kind().find("counts"), nullptr);
}

TEST(Kinds, RefuseWhatDoesNotFit) {
  const auto complete = [](Attributes given) { return kind().complete(given, "loss."); };
  EXPECT_USAGE_ERROR(complete({{"rat", 0.1}}), "part has no key 'rat': did you mean 'rate'?");
  EXPECT_USAGE_ERROR(complete({{"rate", 1.0}}), "loss.rate must be at least 0 and below 1, not 1");
  EXPECT_USAGE_ERROR(complete({{"rate", std::nan("")}}),
                     "loss.rate must be at least 0 and below 1, not nan");
  EXPECT_USAGE_ERROR(complete({{"count", 1.5}}), "loss.count must be a whole number, not 1.5");
  EXPECT_USAGE_ERROR(complete({{"count", std::int64_t{0}}}),
                     "loss.count must be at least 1, not 0");
  EXPECT_USAGE_ERROR(complete({{"on", std::int64_t{1}}}), "loss.on must be true or false, not 1");
  EXPECT_USAGE_ERROR(complete({{"word", 2.0}}), "loss.word must be a text, not 2");
  EXPECT_USAGE_ERROR(complete({{"list", std::vector<double>{1, 0}}}),
                     "loss.list must be above 0, not 0");
}

TEST(Kinds, OptionsAreReadWithoutADefaultOfTheReader) {
  const Attributes options = kind().defaults();
  EXPECT_EQ(options.real("rate"), 0.5);
  EXPECT_EQ(options.integer("count"), 3);
  EXPECT_TRUE(options.boolean("on"));
  EXPECT_EQ(options.text("word"), "a");
  EXPECT_TRUE(options.reals("list").empty());
  EXPECT_USAGE_ERROR(options.real("rat"), "there is no option 'rat'");
}

TEST(Kinds, ARegistryCountsWhatIsAdded) {
  KindRegistry<int> registry("a", "part", {{{.name = "first"}, 1}});
  const std::uint64_t before = kinds_added();
  registry.add(kind(), 2);
  EXPECT_EQ(kinds_added(), before + 1);
  EXPECT_EQ(registry.find("part").make, 2);
  ASSERT_EQ(registry.kinds().size(), 2);
  EXPECT_EQ(registry.kinds()[0].name, "first");
  EXPECT_USAGE_ERROR(registry.add({.name = "first"}, 3), "there is a part 'first' already");
  EXPECT_USAGE_ERROR(registry.find("frist"), "there is no part 'frist': did you mean 'first'?");
  EXPECT_USAGE_ERROR(registry.add({.name = "x", .options = {{"", "", 1.0}}}, 3),
                     "the part 'x' has an option without a name");
  EXPECT_EQ(kinds_added(), before + 1);
}

}  // namespace
}  // namespace ridgeline
