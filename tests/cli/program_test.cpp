// What the program prints before it does anything.
#include "cli/program.hpp"

#include <gmock/gmock.h>

namespace ridgeline::cli {
namespace {

using test::Folder;
using test::Outcome;
using test::run;
using testing::HasSubstr;

/// The sentence on standard error; standard output must be empty and the code `code`.
std::string sentence(const std::vector<std::string>& words, int code) {
  const Folder folder;
  const Outcome outcome = run(folder, words);
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  return outcome.err.substr(0, outcome.err.size() - 1);
}

TEST(Program, AloneItPrintsHelpAndEndsWithTwo) {
  const Folder folder;
  const Outcome outcome = run(folder, {});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("Usage: ridgeline COMMAND"));
}

TEST(Program, HelpAndVersionAreResults) {
  const Folder folder;
  const std::vector<std::pair<std::vector<std::string>, std::string>> wanted{
      {{"--help"}, "Commands:"},
      {{"help"}, "Commands:"},
      {{"--version"}, "ridgeline 0."},
      {{"help", "keys"}, "regularize.l2 = 0.0001"},
      {{"train", "--help"}, "train.batch = 32\n      images in a step"},
      {{"help", "evaluate"}, "--split"},
      {{"data", "get", "--help"}, "cifar10"},
      {{"predict", "-h"}, "Examples:"}};
  for (const auto& [words, text] : wanted) {
    const Outcome outcome = run(folder, words);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr(text));
    EXPECT_EQ(outcome.err, "");
  }
}

TEST(Program, UsageErrorsAreOneSentenceAndTwo) {
  EXPECT_EQ(sentence({"trian"}, 2), "unknown command 'trian': did you mean 'train'?");
  EXPECT_EQ(sentence({"data"}, 2), "unknown command 'data': did you mean 'data get'?");
  EXPECT_EQ(sentence({"train", "--jsn"}, 2),
            "'ridgeline train' has no option '--jsn': did you mean '--json'?");
  EXPECT_EQ(sentence({"evaluate"}, 2),
            "'ridgeline evaluate' needs MODEL: a model file, or the folder of a run or study");
  EXPECT_EQ(sentence({"evaluate", "a", "b"}, 2),
            "'b' is one argument too many for 'ridgeline evaluate'");
  EXPECT_EQ(sentence({"train", "--resume"}, 2), "--resume needs a value: --resume RUN");
  EXPECT_EQ(sentence({"train", "--resume", "--json"}, 2), "--resume needs a value: --resume RUN");
  EXPECT_EQ(sentence({"train", "--resume", "a", "--resume", "b"}, 2),
            "'ridgeline train' takes --resume once, not 2 times");
  EXPECT_EQ(
      sentence({"--json"}, 2),
      "'--json' is not a command: options come after the command, as in 'ridgeline train --json'");
  EXPECT_EQ(sentence({"help", "--json"}, 2), "help is for people and has no --json");
  EXPECT_EQ(sentence({"train", "train.epochs=1", "x.toml"}, 2),
            "x.toml must come before key=value: the experiment file comes first");
  EXPECT_EQ(sentence({"train", "a.toml", "b.toml"}, 2),
            "there is one experiment file: a.toml, and b.toml is a second one");
  EXPECT_EQ(sentence({"train", "train.run=\"\""}, 2),
            "train.run must be the name of a folder, not the string \"\"");
  EXPECT_THAT(sentence({"train", "data.source=idx"}, 2), HasSubstr("needs data.path"));
  EXPECT_EQ(sentence({"train", "data.validation=tset"}, 2),
            "data.validation must be a fraction, \"val\", \"test\" or a folder, and there is no "
            "folder \"tset\"");
  EXPECT_EQ(sentence({"predict", "--top", "none", "a", "b"}, 2),
            "--top takes whole numbers of at least 1, not 'none'");
  EXPECT_EQ(sentence({"predict", "--top", "1.5", "a", "b"}, 2),
            "--top takes whole numbers of at least 1, not '1.5'");
  EXPECT_EQ(sentence({"predict", "--top", "99999999999", "a", "b"}, 2),
            "--top takes whole numbers of at most 2147483647, not '99999999999'");
  EXPECT_EQ(sentence({"train", "--resume", "nowhere"}, 2),
            "--resume needs the folder of a run or study: nowhere holds no experiment.toml");
  EXPECT_THAT(sentence({"inspect", "nowhere"}, 2), HasSubstr("'nowhere' is neither"));
  EXPECT_EQ(sentence({"train", "absent.toml"}, 2),
            "the experiment file absent.toml cannot be read: No such file or directory");
  EXPECT_EQ(sentence({"train", "train.batch=0", "--json"}, 2),
            "train.batch must be at least 1, not 0");
  EXPECT_EQ(sentence({"train", "regularize.l2=-1"}, 2).substr(0, 13), "regularize.l2");
}

TEST(Program, OutputThatCannotBeWrittenIsFive) {
  const Folder folder;
  for (const char* topic : {"keys", "train"}) {
    EXPECT_EQ(run(folder, {"help", topic}, {}, "/dev/full").code, 5);
  }
  EXPECT_EQ(run(folder, {"help"}, {}, "").code, 5);
}

TEST(Program, TheExperimentFilesLineIsNamed) {
  const Folder folder;
  folder.write("experiment.toml", std::string("[train]\nepochs = 1\nbatch = 0\n"));
  const Outcome outcome = run(folder, {"train", "experiment.toml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "experiment.toml:3: train.batch must be at least 1, not 0\n");
}

TEST(Program, DataAndModelErrorsAreThree) {
  const Folder folder;
  test::write_images(folder, "cut", 30, 6);
  std::filesystem::resize_file(folder / "cut/train-images-idx3-ubyte", 1000);
  folder.write("model.safetensors", std::string("not a model"));
  const Outcome cut = run(folder, {"train", "data.source=idx", "data.path=cut"});
  EXPECT_EQ(cut.code, 3);
  EXPECT_THAT(cut.err, HasSubstr("cut/train-images-idx3-ubyte"));
  EXPECT_FALSE(std::filesystem::exists(folder / "runs"));
  EXPECT_THAT(sentence({"evaluate", "absent.safetensors"}, 3), HasSubstr("absent.safetensors"));
  EXPECT_EQ(run(folder, {"inspect", "model.safetensors"}).code, 3);
  folder.write("picture", std::string("\x89PNG\r\n\x1a\n..."));
  EXPECT_EQ(run(folder, {"inspect", "picture"}).err,
            "picture: not a safetensors file, such as a run's model.safetensors\n");
  EXPECT_EQ(run(folder, {"evaluate", "cut"}).code, 3);
}

}  // namespace
}  // namespace ridgeline::cli
