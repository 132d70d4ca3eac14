// Experiments that nobody would write: nested too deeply, too large, or with a single wrong
// character.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "data/folder.hpp"
#include "data/places.hpp"
#include "experiment/build.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

using test::message_of;
using testing::HasSubstr;
using testing::Not;

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Nesting, IsRefusedBeforeTheStackEnds) {
  constexpr int deep = 20'000;
  const std::string key = repeated("a.", deep) + "a";
  EXPECT_EQ(refusal("\n" + key + " = 1\n"),
            "experiment.toml:2: the parts of a key must not be more than 32");
  EXPECT_EQ(refusal("[" + key + "]\n"),
            "experiment.toml:1: the parts of a key must not be more than 32");
  EXPECT_EQ(refusal("", {key + "=1"}), "the parts of a key must not be more than 32");
  for (const char* open : {"[", "{a=", "[{a="}) {
    const std::string value = repeated(open, deep);
    EXPECT_EQ(refusal("a = " + value + "\n"),
              "experiment.toml:1: arrays and tables must not be nested deeper than 32");
    EXPECT_EQ(refusal("", {"a=" + value}), "arrays and tables must not be nested deeper than 32");
  }
}

TEST(Nesting, CountsNoTextsAndComments) {
  const std::string dots = repeated(".", 100), open = repeated("[{", 100);
  EXPECT_EQ(parsed("[data]\npath = \"" + dots + open + "\\\"" + open + "\"\n").data.path,
            dots + open + "\"" + open);
  EXPECT_EQ(parsed("[data] # " + open + "\npath = '" + dots + open + "'\n").data.path, dots + open);
  EXPECT_EQ(parsed("[data]\npath = '''" + open + "'\n" + open + "'''\n").data.path,
            open + "'\n" + open);
}

TEST(Toml, WhatIsWrongIsSaidInOurWords) {
  for (const char* text : {"a = \n", "a = \"x\n", "a = [1,\n", "a = {b = 1\n", "[a\n", "a\n",
                           "a = 1 b = 2\n", "= 1\n", "[[\x1b", "a = 1x\n", "a = tru\n",
                           "a = 2020-13-01\n", "\xff\xfe", "a = \"\\q\"\n", "a.=1\n"}) {
    const std::string sentence = refusal(text);
    EXPECT_THAT(sentence, HasSubstr("experiment.toml:1: this is not TOML: ")) << text;
    EXPECT_THAT(sentence, HasSubstr("is wrong or not complete at column ")) << text;
    for (const char* word : {"Error", "encountered", "codepoint", "sequence", "expected"}) {
      EXPECT_THAT(sentence, Not(HasSubstr(word))) << text;
    }
  }
  EXPECT_EQ(
      refusal("[train]\nepochs = \n"),
      "experiment.toml:2: this is not TOML: key = value is wrong or not complete at column 10 "
      "of `epochs = `");
}

TEST(Toml, AKeyGivenTwiceIsNamed) {
  EXPECT_EQ(refusal("[train]\nepochs = 1\nepochs = 2\n"),
            "experiment.toml:3: this is not TOML: 'epochs' is given twice");
  EXPECT_EQ(refusal("[optimizer]\nlearning_rate = { from = 1, from = 2 }\n"),
            "experiment.toml:2: this is not TOML: 'from' is given twice");
  EXPECT_EQ(refusal("[train]\nepochs = 1\n[data]\n[train]\nbatch = 2\n"),
            "experiment.toml:4: this is not TOML: 'train' is given twice");
  EXPECT_EQ(refusal("", {"optimizer.learning_rate={ from = 1, from = 2 }"}),
            "optimizer.learning_rate: 'from' is given twice");
}

TEST(Override, AKeyThatLacksAPartIsSaid) {
  for (const char* key : {"train.", ".epochs", "train..epochs", "train. "}) {
    EXPECT_THAT(refusal("", {std::string(key) + "=1"}), HasSubstr("lacks a part")) << key;
  }
}

TEST(Override, LongValuesAreCutInErrors) {
  const std::string sentence = refusal("", {"train.epochs=" + std::string(50'000, 'x')});
  EXPECT_LT(sentence.size(), 300);
  EXPECT_THAT(sentence, HasSubstr("train.epochs must be a whole number, not the string \"xxx"));
}

TEST(Placeholders, AreKnownOrRefused) {
  EXPECT_EQ(refusal("[train]\nrun = \"runs/{foo}\"\n"),
            "experiment.toml:2: train.run must have no words in braces other than {name} and "
            "{time}, not {foo}");
  EXPECT_EQ(refusal("", {"select.study=s/{times}"}),
            "select.study must have no words in braces other than {name} and {time}, not {times}");
  EXPECT_EQ(
      parse("", "{odd}.toml", std::vector<std::string>{"train.run={name}/{name}-{time}"}).train.run,
      "odd/odd-{time}");
}

TEST(Home, IsExpandedAsAShellDoes) {
  const char* before = getenv("HOME");
  const std::string home = before == nullptr ? "" : before;
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(data::expand_home("~"), "/home/me");
  EXPECT_EQ(data::expand_home("~/x"), "/home/me/x");
  EXPECT_EQ(data::expand_home("~root"), "/root");
  EXPECT_EQ(data::expand_home("~no-such-user/x"), "~no-such-user/x");
  EXPECT_EQ(data::expand_home("a/~"), "a/~");
  EXPECT_EQ(data::expand_home(""), "");
  const Experiment experiment =
      parsed("[data]\npath = \"~/d\"\nvalidation = \"~/v\"\ntest = \"~/t\"\n",
             {"train.run=~/r", "select.study=~/s", "model.weights=~/w", "data.cache=disk",
              "data.cache_path=~/c"});
  EXPECT_EQ(experiment.data.path, "/home/me/d");
  EXPECT_EQ(std::get<std::string>(experiment.data.validation), "/home/me/v");
  EXPECT_EQ(experiment.data.test, "/home/me/t");
  EXPECT_EQ(experiment.data.cache_path, "/home/me/c");
  EXPECT_EQ(experiment.train.run, "/home/me/r");
  EXPECT_EQ(experiment.select.study, "/home/me/s");
  EXPECT_EQ(experiment.model.weights, "/home/me/w");
  setenv("HOME", home.c_str(), 1);
}

TEST(ExperimentFile, IsAFileOfAReasonableSize) {
  const test::Folder folder;
  const auto problem = [&](const std::filesystem::path& file) {
    const std::string sentence = message_of<UsageError>([&] { read(file); });
    return sentence.substr(std::min(sentence.find(" cannot be read: "), sentence.size()));
  };
  EXPECT_EQ(problem("/dev/zero"), " cannot be read: it is a device, not a file");
  EXPECT_EQ(problem(folder.path()), " cannot be read: it is a folder");
  folder.write("vast.toml", std::string());
  std::filesystem::resize_file(folder / "vast.toml", std::uintmax_t{10} << 30);
  EXPECT_EQ(problem(folder / "vast.toml"), " cannot be read: it is larger than 16777216 bytes");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(problem(folder / "pipe"), " cannot be read: it is a pipe that nobody writes to");
}

TEST(ExperimentFile, CanBeAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::string text = "[train]\nepochs = 7\n";
    EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
  });
  const Experiment experiment = read("/dev/fd/" + std::to_string(ends[0]));
  writer.join();
  close(ends[0]);
  EXPECT_EQ(experiment.train.epochs, 7);
}

}  // namespace
}  // namespace ridgeline::experiment
