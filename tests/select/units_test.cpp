#include "select/units.hpp"

#include "select/assignment.hpp"
#include "select/share_text.hpp"
#include "select/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;
using test::key;

constexpr TrainingSize size{.images = 40000, .batch = 32, .epochs = 10, .learning_rate = 1e-3};

TEST(Units, ConvertAStrengthForATraining) {
  EXPECT_EQ(strength_of("", 0.3, size), 0.3);
  EXPECT_DOUBLE_EQ(strength_of("normalized", 0.3, size), 0.3 * std::sqrt(32.0 / 400000));
  EXPECT_DOUBLE_EQ(strength_of("timescale", 0.3, size), 0.3 / (1e-3 * 12500));
  for (const char* unit : {"", "normalized", "timescale"}) {
    EXPECT_EQ(strength_of(unit, 0, size), 0) << unit;
  }
}

TEST(Units, FewerImagesNeedAStrongerPenaltyForTheSameTimescale) {
  TrainingSize eighth = size;
  eighth.images = 5000;
  EXPECT_NEAR(strength_of("timescale", 1, eighth) / strength_of("timescale", 1, size), 8, 0.05);
  EXPECT_NEAR(strength_of("normalized", 1, eighth) / strength_of("normalized", 1, size),
              std::sqrt(8), 1e-12);
}

TEST(Units, AreForPenaltiesAlone) {
  Range range{.unit = "timescale"};
  EXPECT_NO_THROW(check_unit(key, range));
  expect_error<UsageError>([&] { check_unit("optimizer.learning_rate", range); },
                           "only strengths of penalties");
  range.unit = "timescales";
  expect_error<UsageError>([&] { check_unit(key, range); }, "did you mean 'timescale'?");
}

TEST(Units, OnlyKeysWithAUnitChange) {
  const SearchSpace over{{key, {.unit = "timescale"}}, {"optimizer.learning_rate", {}}};
  const Assignment values{{key, 1}, {"optimizer.learning_rate", 0.5}};
  const Assignment plain = without_units(values, over, size);
  EXPECT_DOUBLE_EQ(plain.at(key), 1 / 12.5);
  EXPECT_EQ(plain.at("optimizer.learning_rate"), 0.5);
}

TEST(Shares, AreFractionsForPeople) {
  EXPECT_EQ(share_text(1), "all");
  EXPECT_EQ(share_text(0.5), "1/2");
  EXPECT_EQ(share_text(1.0 / 3), "1/3");
  EXPECT_EQ(share_text(0.3), "0.3");
  EXPECT_EQ(images_text(0.125), "1/8 of the images");
  EXPECT_EQ(images_text(1), "all images");
}

TEST(Assignments, AreToldWithTheNamesOfTheirValues) {
  const SearchSpace over{{key, {}},
                         {"optimizer.kind", {.values = {0, 1}, .names = {"sgd", "adam"}}}};
  EXPECT_EQ(text({{key, 1e-5}, {"optimizer.kind", 1}}, over),
            "optimizer.kind adam, regularize.l2 1e-05");
}

}  // namespace
}  // namespace ridgeline::selection
