// The output of the program: full or closed, on terminals of any width, and in any locale.
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/stat.h>

#include "cli/console.hpp"
#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Output : public TrainedModel {
 protected:
  static void SetUpTestSuite() {
    TrainedModel::SetUpTestSuite();
    folder_->write("noted.png", picture());
  }

  /// A grey PNG of 8 x 8 pixels.
  static test::Bytes picture() {
    const test::Bytes ihdr{0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0};
    test::Bytes rows;
    for (int row = 0; row < 8; ++row) {
      rows.push_back(0);
      for (int x = 0; x < 8; ++x) rows.push_back(static_cast<std::uint8_t>(x * 30));
    }
    test::Bytes packed(compressBound(rows.size()));
    uLongf size = packed.size();
    compress(packed.data(), &size, rows.data(), rows.size());
    packed.resize(size);
    test::Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const auto number = [](test::Bytes& to, std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<std::uint8_t>(value >> shift));
      }
    };
    const auto chunk = [&](std::string_view name, const test::Bytes& data) {
      number(png, static_cast<std::uint32_t>(data.size()));
      test::Bytes body(name.begin(), name.end());
      body.insert(body.end(), data.begin(), data.end());
      png.insert(png.end(), body.begin(), body.end());
      number(png,
             static_cast<std::uint32_t>(crc32(0, body.data(), static_cast<uInt>(body.size()))));
    };
    chunk("IHDR", ihdr);
    chunk("IDAT", packed);
    chunk("IEND", {});
    return png;
  }

  static std::vector<std::vector<std::string>> every_command() {
    return {{"help"},
            {"help", "keys"},
            {"--version"},
            {"train", "--help"},
            {"lambda", "--from", "keras", "0.01"},
            {"lambda", "--from", "keras", "0.01", "--json"},
            {"inspect", "first"},
            {"inspect", "first", "--json"},
            {"inspect", "images"},
            {"evaluate", "first"},
            {"evaluate", "first", "--json"},
            {"predict", "first", "noted.png"},
            {"predict", "first", "noted.png", "--json"},
            {"diagnose", "first"},
            {"export", "first", "--to", "safetensors", "--json"}};
  }

  /// Runs the program on a terminal of `width` columns. Returns its lines without styles.
  static std::vector<std::string> on_terminal(const std::vector<std::string>& words,
                                              unsigned short width) {
    std::vector<char*> argv{const_cast<char*>(RIDGELINE_PROGRAM)};
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    winsize size{.ws_row = 50, .ws_col = width, .ws_xpixel = 0, .ws_ypixel = 0};
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
      setenv("TERM", "xterm", 1);
      setenv("NO_COLOR", "1", 1);
      setenv("LC_ALL", "C.UTF-8", 1);
      if (chdir(folder_->path().c_str()) != 0) _exit(99);
      execv(RIDGELINE_PROGRAM, argv.data());
      _exit(99);
    }
    std::string text;
    char block[4096];
    for (ssize_t got = 0; (got = read(terminal, block, sizeof block)) > 0;) {
      text.append(block, static_cast<std::size_t>(got));
    }
    close(terminal);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0) << text;
    std::vector<std::string> lines(1);
    for (const char c : text) {
      if (c == '\n') {
        lines.emplace_back();
      } else if (c == '\r') {
        if (!lines.back().empty()) lines.back() += c;
      } else {
        lines.back() += c;
      }
    }
    for (std::string& line : lines) {
      while (line.ends_with('\r')) line.pop_back();
      line.erase(0, line.rfind('\r') + 1);  // without lines that were drawn over
      if (line.starts_with("\x1b[J")) line.erase(0, 3);
    }
    return lines;
  }
};

TEST_F(Output, AFullDiskIsFiveWhateverTheCommand) {
  for (const auto& words : every_command()) {
    const Outcome outcome = run(*folder_, words, {}, "/dev/full");
    EXPECT_EQ(outcome.code, 5) << testing::PrintToString(words);
    EXPECT_EQ(outcome.err,
              "the output cannot be written to standard output: No space left on device\n")
        << testing::PrintToString(words);
  }
}

TEST_F(Output, AClosedOutputIsFiveBeforeAnythingIsDone) {
  auto all = every_command();
  all.push_back(words({"train.run=closed"}));
  for (const auto& words : all) {
    const Outcome outcome = run(*folder_, words, {}, "");
    EXPECT_EQ(outcome.code, 5) << testing::PrintToString(words);
    EXPECT_THAT(outcome.err, HasSubstr("standard output is closed"));
  }
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "closed"));
}

TEST_F(Output, NoLineIsLongerThanTheTerminal) {
  auto all = every_command();
  all.push_back(words({"train.run=narrow-{time}"}));
  for (const unsigned short width : {40, 80, 200}) {
    for (const auto& words : all) {
      if (std::ranges::count(words, "--json") > 0) continue;
      for (const std::string& line : on_terminal(words, width)) {
        // Commands are not broken, so that they can be copied. Words are not broken either.
        const bool one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
        if (one_word || line.find("ridgeline ") <= 2) continue;
        EXPECT_LE(columns(line), width) << testing::PrintToString(words) << "\n" << line;
      }
    }
  }
}

TEST_F(Output, ALocaleWithoutUtf8GetsAscii) {
  const auto plain = [] { setenv("LC_ALL", "C", 1); };
  for (const auto& words : every_command()) {
    const Outcome outcome = run(*folder_, words, {}, "stdout", plain);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const bool json = std::ranges::count(words, "--json") > 0;
    for (const char c : json ? outcome.err : outcome.out + outcome.err) {
      ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << outcome.out;
    }
  }
  EXPECT_THAT(run(*folder_, {"evaluate", "first"}, {}, "stdout", plain).out, HasSubstr(" +- "));
  EXPECT_THAT(run(*folder_, {"evaluate", "first"}).out, HasSubstr(" ± "));
}

TEST_F(Output, NamesCannotSteerTheTerminal) {
  const std::string evil = "evil\x1b]0;title\x07.png";
  EXPECT_EQ(run(*folder_, {"predict", "first", evil}).err,
            "evil\\x1b]0;title\\x07.png: there is no such file\n");
  folder_->write(evil, picture());
  const Outcome predicted = run(*folder_, {"predict", "first", evil});
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_THAT(predicted.out, HasSubstr("evil\\x1b]0;title\\x07.png"));
  EXPECT_THAT(predicted.out, Not(HasSubstr("\x1b")));
  // ESC [ as a single character. JSON may contain it, but it must not reach a terminal.
  folder_->write("evil\xc2\x9b.png", picture());
  const auto json = on_terminal({"predict", "first", "evil\xc2\x9b.png", "--json"}, 80);
  EXPECT_THAT(json, testing::Contains(HasSubstr("evil\\u009b.png")));
}

TEST_F(Output, JsonTakesPathsThatAreNotUtf8) {
  folder_->write("caf\xe9.png", picture());
  const Outcome outcome = run(*folder_, {"predict", "first", "caf\xe9.png", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()[0]["image"], "caf\ufffd.png");
}

TEST_F(Output, SuggestedCommandsCanBeCopied) {
  const Outcome first = run(*folder_, words({"train.run=my run's", "train.epochs=1"}));
  EXPECT_THAT(first.out, HasSubstr("ridgeline evaluate 'my run'\\''s'\n"));
  EXPECT_THAT(run(*folder_, words({"train.run=my run's"})).err,
              HasSubstr("ridgeline train --resume 'my run'\\''s'\n"));
}

TEST_F(Output, HomeIsExpanded) {
  const auto home = [] { setenv("HOME", folder_->path().c_str(), 1); };
  const Outcome outcome =
      run(*folder_, words({"train.run=~/home-run", "data.path=~/images", "train.epochs=1"}), {},
          "stdout", home);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(*folder_ / "home-run/model.safetensors"));
  EXPECT_EQ(
      run(*folder_, {"export", "first", "--to", "safetensors", "--output=~/small.safetensors"}, {},
          "stdout", home)
          .code,
      0);
  EXPECT_TRUE(std::filesystem::exists(*folder_ / "small.safetensors"));
}

TEST_F(Output, ALabelThatMakesClassesOfNoImageIsNoted) {
  test::write_images(*folder_, "gap", 60, 0);
  test::Bytes labels = test::read_bytes(*folder_ / "gap/train-labels-idx1-ubyte");
  labels.back() = 255;
  folder_->write("gap/train-labels-idx1-ubyte", labels);
  const Outcome outcome =
      run(*folder_, words({"data.path=gap", "train.run=gap", "train.epochs=1"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("252 of 256 classes have no training image: 3, 4, 5, ..., 254 (each label "
                        "up to the largest, 255, is a class: check that this one is right)\n"));
  EXPECT_THAT(run(*folder_, words({"train.run=whole", "train.epochs=1"})).out,
              Not(HasSubstr("no training image")));
}

TEST_F(Output, AFolderThatTakesNoFilesIsThere) {
  const Outcome outcome =
      run(*folder_, {"export", "first", "--to", "safetensors", "--output", "/proc/x"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("no file can be made in the folder /proc"));
}

// Files that are not those of a run must not make the program wait, nor fill the memory.
TEST_F(Output, PipesDevicesAndVastFilesAreRefused) {
  const auto path = [](const std::string& name) { return (*folder_ / name).string(); };
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  std::filesystem::create_directory(path("empty"));
  folder_->write("vast", std::string());
  std::filesystem::resize_file(path("vast"), std::uintmax_t{10} << 30);
  for (const std::string& what :
       {std::string("/dev/zero"), path("fifo"), path("empty"), path("vast")}) {
    const Outcome experiment = run(*folder_, {"train", what});
    EXPECT_EQ(experiment.code, 2) << what;
    EXPECT_THAT(experiment.err, HasSubstr("cannot be read: it is "));
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"inspect", what},
             {"evaluate", what},
             {"predict", "first", what},
             {"train", "small.toml", "train.run=refused", "model.weights=" + what}}) {
      const Outcome outcome = run(*folder_, words);
      EXPECT_TRUE(outcome.code == 3 || outcome.code == 5) << testing::PrintToString(words);
      EXPECT_THAT(outcome.err, HasSubstr(what));
    }
    std::filesystem::remove_all(path("study"));
    std::filesystem::create_directory(path("study"));
    std::filesystem::copy(path("first") + "/experiment.toml", path("study"));
    std::filesystem::create_symlink(what, path("study") + "/study.sqlite");
    const Outcome study = run(*folder_, {"select", "--resume", "study"});
    EXPECT_TRUE(study.code == 3 || study.code == 5) << what << study.err;
    for (const char* word : {"database", "SQL", "disk I/O"}) {
      EXPECT_THAT(study.err, Not(HasSubstr(word)));
    }
    for (const char* record : {"history.csv", "diagnosis.csv"}) {
      std::filesystem::remove_all(path("copy"));
      std::filesystem::copy(path("first"), path("copy"));
      std::filesystem::remove(path("copy") + "/" + record);
      std::filesystem::create_symlink(what, path("copy") + "/" + record);
      const Outcome outcome = run(*folder_, {"diagnose", "copy"});
      EXPECT_EQ(outcome.code, 3) << what;
      EXPECT_THAT(outcome.err, HasSubstr(std::string(record) + " cannot be read: it is "));
    }
  }
}

}  // namespace
}  // namespace ridgeline::cli
