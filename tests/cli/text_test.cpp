// Tables, numbers and progress for people.
#include <gmock/gmock.h>

#include <cmath>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/progress.hpp"
#include "cli/results.hpp"
#include "cli/study_text.hpp"
#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Text, Numbers) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(0.42131), "0.4213");
  EXPECT_EQ(number(-12.5), "-12.5000");
  EXPECT_EQ(number(1.2e-5), "1.20e-05");
  EXPECT_EQ(number(3e7), "3.00e+07");
  EXPECT_EQ(with_error(0.42131, 1e-5), "0.4213 ± 0.0000");
  EXPECT_EQ(with_error(6.42e5, 3581.7812), "6.42e+05 ± 3.58e+03");
  EXPECT_EQ(with_error(0, 0), "0 ± 0.0000");
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(60000), "60,000");
  EXPECT_EQ(count(-1234567), "-1,234,567");
  EXPECT_EQ(counted(1, "epoch"), "1 epoch");
  EXPECT_EQ(counted(2000, "epoch"), "2,000 epochs");
  EXPECT_EQ(duration(0.4), "0:00");
  EXPECT_EQ(duration(125), "2:05");
  EXPECT_EQ(duration(3725), "1:02:05");
}

TEST(Text, ATableIsAlignedByColumnsNotBytes) {
  EXPECT_EQ(table({{"", "λ"}, {"a", "12"}, {"größer", "3"}}),
            "          λ\n"
            "a        12\n"
            "größer    3\n");
}

TEST(Progress, TheLiveLineFitsAnyTerminal) {
  const Progress progress{
      .epoch = 3,
      .epochs = 10,
      .step = 50,
      .steps = 200,
      .images_per_second = 8123,
      .train = {
          .data_loss = 0.5, .penalty = 0.25, .objective = 0.75, .values = {{"accuracy", 0.875}}}};
  for (const bool validation : {false, true}) {
    const std::string line = progress_line(progress, 83, validation, 80);
    for (const char* text :
         {"3/10", "25 %", "0.5000 +   0.2500 =    0.7500", "0.8750", "8,123", "ETA 1:23"}) {
      EXPECT_THAT(line, HasSubstr(text));
    }
    EXPECT_THAT(progress_line(progress, 83, validation, 120), HasSubstr("━━━"));
    for (int width = 1; width < 200; ++width) {
      EXPECT_LE(columns(progress_line(progress, 83, validation, width)), width);
    }
  }
}

TEST(Progress, ANarrowTerminalGetsFewerColumns) {
  const Metrics metrics{
      .data_loss = 1.5, .penalty = 1e-5, .objective = 2.5, .values = {{"accuracy", 0.1}}};
  const Epoch with{.epoch = 3, .images_per_second = 1e5, .train = metrics, .validation = metrics};
  Epoch alone = with;
  alone.validation.reset();
  EXPECT_EQ(epoch_header("accuracy", true, 40), "  epoch  data loss  val loss  val acc");
  EXPECT_EQ(epoch_line(with, 10, 40), "   3/10     1.5000    1.5000   0.1000");
  EXPECT_EQ(epoch_header("accuracy", false, 40), "  epoch  data loss objective accuracy");
  EXPECT_EQ(epoch_line(alone, 10, 40), "   3/10     1.5000    2.5000   0.1000");
}

TEST(Progress, AMetricHasOneShortName) {
  EXPECT_EQ(epoch_header("average_precision", true, 40), "  epoch  data loss  val loss   val ap");
  EXPECT_EQ(epoch_header("average_precision", false, 40), "  epoch  data loss objective       ap");
}

TEST(Tables, LeaveOutWhatIsAlwaysOne) {
  EXPECT_FALSE(says_something("top5", 3));
  EXPECT_FALSE(says_something("top5", 5));
  EXPECT_TRUE(says_something("top5", 6));
  EXPECT_TRUE(says_something("top3", 5));
  EXPECT_TRUE(says_something("accuracy", 2));
  EXPECT_TRUE(says_something("topology", 2));
  const Metrics metrics{.values = {{"accuracy", 0.5}, {"top5", 1}}};
  EXPECT_THAT(metrics_table({{"test", metrics}}, 5, {}), Not(HasSubstr("top5")));
  EXPECT_THAT(metrics_table({{"test", metrics}}, 6, {}), HasSubstr("top5"));
}

TEST(Tables, WhatIsNotDefinedIsADash) {
  EXPECT_EQ(number(std::nan("")), "-");
  const Metrics metrics{.values = {{"r2", std::nan("")}}};
  EXPECT_THAT(metrics_table({{"test", metrics}}, 0, {}), Not(HasSubstr("nan")));
}

TEST(Progress, TheTableOfEpochsFitsEightyColumns) {
  const Metrics metrics{
      .data_loss = 12.5, .penalty = 1e-5, .objective = 12.5, .values = {{"accuracy", 0.1}}};
  const Epoch epoch{
      .epoch = 100, .images_per_second = 123456, .train = metrics, .validation = metrics};
  EXPECT_EQ(columns(epoch_line(epoch, 100, 80)), 80);
  EXPECT_EQ(columns(epoch_header("accuracy", true, 80)), 80);
  Epoch alone = epoch;
  alone.validation.reset();
  EXPECT_EQ(columns(epoch_line(alone, 100, 80)), columns(epoch_header("accuracy", false, 80)));
}

TEST(Arguments, OptionsAndPositionalsInAnyOrder) {
  const std::vector<std::string> words{"train", "a=1", "--resume", "run", "b=2", "--json"};
  const Invocation invocation = parse_arguments(words, commands());
  ASSERT_NE(invocation.command, nullptr);
  EXPECT_EQ(invocation.command->name, "train");
  EXPECT_EQ(invocation.arguments.positionals(), (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(invocation.arguments.option("--resume"), "run");
  EXPECT_TRUE(invocation.arguments.flag("--json"));
  EXPECT_FALSE(invocation.arguments.flag("--pin"));
}

TEST(Arguments, EveryCommandHasHelpWithExamples) {
  for (const Command& command : commands()) {
    const std::vector<std::string> words{"help", command.name.substr(0, command.name.find(' '))};
    EXPECT_THAT(command.details, HasSubstr("ridgeline " + command.name)) << command.name;
    EXPECT_NE(command.run, nullptr);
  }
}

TEST(Text, ATrainingThatRunsOnAShareOfTheImages) {
  selection::StudyReport report;
  report.running = {{.id = {3, 2, 0.125}, .process = 7, .epoch = 4, .epochs = 10, .since = "noon"}};
  EXPECT_EQ(running_text(report),
            "  trial 3, fold 2, 1/8 of the images: 4 epochs of 10 done (process 7, since noon)\n");
}

}  // namespace
}  // namespace ridgeline::cli
