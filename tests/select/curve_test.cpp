#include "select/curve.hpp"

#include <sstream>

#include "select/axes.hpp"
#include "select/support.hpp"
#include "select/trial_table.hpp"

namespace ridgeline::selection {
namespace {

using test::key;
using test::trial;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Selection selection(std::vector<std::pair<double, double>> values_and_scores) {
  Selection s;
  for (const auto& [value, score] : values_and_scores) {
    s.trials.push_back(trial(value, score, 0.02, std::isfinite(score) ? "done" : "diverged"));
    s.trials.back().number = static_cast<int>(s.trials.size());
  }
  return s;
}

Selection typical() {
  Selection s = selection({{0, 1.0}, {1e-5, 0.98}, {1e-4, 0.9}, {1e-3, 0.8}, {1e-2, 1.1}});
  s.chosen = s.trials[3].parameters;
  s.tied = {1e-3, 1e-3};
  return s;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

int columns(const std::string& line) {
  return static_cast<int>(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Curve, HasTheAskedSizeAndEveryPoint) {
  const std::string text = draw_curve(typical(), "val_data_loss", {.width = 60, .height = 10});
  EXPECT_EQ(lines(text).size(), 1u + 10 + 3);
  const auto all = lines(text);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LE(columns(all[i]), 60) << all[i];
  EXPECT_LE(columns(all[0]), 78) << "the legend";
  EXPECT_EQ(count(text, "●"), 1 + 4) << "the legend's and the trials'\n" << text;
  EXPECT_EQ(count(text, "◆"), 1 + 1) << text;
  EXPECT_THAT(text, HasSubstr("╱╱"));
  for (const char* label : {" 0 ", "1e-5", "1e-4", "0.001", "0.01", "regularize.l2"}) {
    EXPECT_THAT(text, HasSubstr(label));
  }
}

TEST(Curve, LowerLossesAreLower) {
  const auto all = lines(draw_curve(selection({{1, 0.9}, {2, 0.1}}), "val_data_loss"));
  const auto row = [&](std::size_t nth) {
    std::vector<std::size_t> rows;
    for (std::size_t r = 1; r < all.size(); ++r) {
      if (all[r].find("●") != std::string::npos) rows.push_back(r);
    }
    return rows.at(nth);
  };
  EXPECT_LT(all[row(0)].find("●"), all[row(1)].find("●"));
}

TEST(Curve, AsciiAndColoursOnlyWhereTheyAreWanted) {
  const std::string plain = draw_curve(typical(), "val_data_loss", {.utf8 = false});
  for (const char c : plain) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << plain;
  const std::string coloured = draw_curve(typical(), "val_data_loss", {.colours = true});
  EXPECT_THAT(coloured, HasSubstr("\033[36m"));
  EXPECT_THAT(draw_curve(typical(), "val_data_loss"), Not(HasSubstr("\033")));
}

TEST(Curve, WhatIsFarOffIsAnArrowAndWhatDivergedACross) {
  const std::string text = draw_curve(
      selection({{0, 1.0}, {1e-4, 0.9}, {1e-3, 0.8}, {1e-2, 0.95}, {1e-1, 1e6}, {1, NAN}}),
      "val_data_loss");
  EXPECT_THAT(text, HasSubstr("↑"));
  EXPECT_THAT(text, HasSubstr("×"));
  EXPECT_THAT(text, Not(HasSubstr("00000")));
}

TEST(Curve, HugeScoresKeepTheAxisNarrow) {
  const std::string text =
      draw_curve(selection({{1, 1e23}, {2, 2e23}, {3, 3e23}}), "val_data_loss");
  for (const std::string& line : lines(text)) EXPECT_LE(columns(line), 78) << line;
  EXPECT_THAT(text, HasSubstr("3e23"));
}

TEST(Curve, NothingToDrawIsEmpty) {
  EXPECT_EQ(draw_curve(selection({{0, 1.0}}), "val_data_loss"), "");
  EXPECT_EQ(draw_curve({}, "val_data_loss"), "");
  EXPECT_EQ(draw_curve(selection({{0, NAN}, {1, NAN}}), "val_data_loss"), "");
  Selection two = selection({{0, 1.0}, {1, 2.0}});
  for (Trial& t : two.trials) t.parameters["optimizer.learning_rate"] = 1;
  EXPECT_EQ(draw_curve(two, "val_data_loss"), "");
}

TEST(Curve, EqualScoresAndEqualValuesAreDrawn) {
  EXPECT_NE(draw_curve(selection({{0.5, 1.0}, {0.5, 1.0}}), "val_data_loss"), "");
  EXPECT_NE(draw_curve(selection({{0, 0}, {0, 0}}), "val_accuracy"), "");
}

TEST(ValueAxis, SetsZeroApartAndLabelsDecades) {
  const ValueAxis axis({0, 1e-6, 1e-4, 1e-1}, 70);
  EXPECT_TRUE(axis.zero_apart());
  EXPECT_LT(axis.column(0), axis.gap());
  EXPECT_GT(axis.column(1e-6), axis.gap());
  EXPECT_EQ(axis.column(1e-4) - axis.column(1e-6), (axis.column(1e-1) - axis.column(1e-6)) * 2 / 5);
  std::vector<std::string> labels;
  for (const auto& [column, label] : axis.ticks()) labels.push_back(label);
  EXPECT_THAT(labels, ElementsAre("0", "1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1"));
}

TEST(ValueAxis, NarrowRangesAreLinear) {
  const ValueAxis axis({0, 0.25, 1}, 70);
  EXPECT_FALSE(axis.zero_apart());
  EXPECT_EQ(axis.ticks().size(), 3u);
  EXPECT_EQ(axis.ticks()[1].second, "0.5");
}

TEST(ScoreRange, KeepsTheValleyVisible) {
  // The training scores are far below, and one penalty is far too strong.
  const ScoreRange range =
      score_range({{1.0, 0.01, 0.1}, {0.9, 0.01, 0.5}, {0.8, 0.01, 0.7}, {2.3, 0, 2.3}}, false);
  EXPECT_TRUE(range.contains(1.01));
  EXPECT_TRUE(range.contains(0.79));
  EXPECT_LT(range.high, 2.3);
  const ScoreRange accuracy =
      score_range({{0.7, 0.01, 0.9}, {0.72, 0.01, 0.8}, {0.1, 0, 0.1}}, true);
  EXPECT_TRUE(accuracy.contains(0.73));
  EXPECT_GT(accuracy.low, 0.1);
}

TEST(TrialTable, HasEvenColumns) {
  const Selection s = selection({{0, 1.0}, {1e-4, 0.805}, {1e-3, 0.8}, {1e-2, NAN}});
  TrialTable table(log_range(key, 1e-4, 1e-2), "val_data_loss");
  table.show("accuracy");
  std::vector<std::string> all{table.header()};
  for (const Trial& t : s.trials) all.push_back(table.line(t));
  EXPECT_THAT(all[1], testing::EndsWith("done"));
  EXPECT_THAT(all[4], testing::EndsWith("diverged"));
  EXPECT_THAT(all[3], HasSubstr("0.8000 ± 0.0200"));
  const int status = columns(all[0].substr(0, all[0].find("status")));
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto word = all[i].find_last_of(' ') + 1;
    EXPECT_EQ(columns(all[i].substr(0, word)), status) << all[i];
  }
  for (const std::string& line : all) EXPECT_LE(columns(line), 80) << line;
  const std::string plain =
      TrialTable(log_range(key, 1e-4, 1e-2), "val_data_loss", {.utf8 = false}).line(s.trials[1]);
  for (const char c : plain) EXPECT_TRUE(c >= ' ' && c <= '~') << plain;
}

TEST(TrialTable, ShowsTheMetricBesideTheScore) {
  Trial t = trial(1e-3, 0.8, 0.02);
  t.validation = Metrics{.data_loss = 0.5, .values = {{"average_precision", 0.75}}};
  TrialTable by_loss({{key, {}}}, "val_data_loss"), by_metric({{key, {}}}, "val_average_precision");
  by_loss.show("average_precision");
  by_metric.show("average_precision");
  EXPECT_THAT(by_loss.header(), HasSubstr("val loss ± s.e.   val ap"));
  EXPECT_THAT(by_loss.line(t), HasSubstr("0.8000 ± 0.0200   0.7500"));
  EXPECT_THAT(by_metric.header(), HasSubstr("val ap ± s.e. val loss"));
  EXPECT_THAT(by_metric.line(t), HasSubstr("0.8000 ± 0.0200   0.5000"));
}

TEST(TrialTable, TitlesStandApart) {
  for (const char* metric : {"val_data_loss", "val_penalty", "val_objective", "val_accuracy"}) {
    EXPECT_THAT(TrialTable({{key, {}}}, metric).header(), HasSubstr("l2  ")) << metric;
  }
}

TEST(TrialTable, ANarrowPageHasTheScoreAlone) {
  const Selection s = selection({{0, 1.0}, {1e-4, 0.805}, {1e-3, 0.8}, {1e-2, NAN}});
  const TrialTable table(log_range(key, 1e-4, 1e-2), "val_data_loss", {.width = 40});
  EXPECT_LE(columns(table.header()), 40);
  EXPECT_LE(columns(table.line(s.trials[1])), 40);
  EXPECT_THAT(table.line(s.trials[1]), HasSubstr("0.8050 ± 0.0200"));
  EXPECT_THAT(table.line(s.trials[1]), testing::EndsWith("  done"));
}

TEST(TrialTable, FitsEightyColumnsWhateverTheNumbers) {
  for (const char* name : {"regularize.l2", "optimizer.learning_rate"}) {
    for (const char* metric : {"val_data_loss", "val_accuracy"}) {
      TrialTable table({{name, {}}}, metric);
      table.show("accuracy");
      const int width = columns(table.header());
      EXPECT_LE(width, 80);
      for (const double score : {0.8123, 1.23456e23}) {
        for (const char* status : {"done", "diverged"}) {
          Trial t = trial(3.16227766e-5, score, score, status);
          t.parameters = {{name, 3.16227766e-5}};
          t.train->data_loss = score;
          const std::string line = table.line(t);
          EXPECT_LE(columns(line), 80) << line;
          EXPECT_EQ(columns(line.substr(0, line.rfind("  "))),
                    columns(table.header().substr(0, table.header().rfind("  "))))
              << line;
        }
      }
    }
  }
}

}  // namespace
}  // namespace ridgeline::selection
