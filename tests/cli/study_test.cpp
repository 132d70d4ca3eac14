// Looking at studies, exporting and deleting them on the command line.
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "cli/program.hpp"

namespace ridgeline::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Folder;
using test::Outcome;
using test::run;
using testing::HasSubstr;
using testing::Not;

class Studies : public testing::Test {
 protected:
  Studies() {
    test::write_images(folder_, "images", 120, 30);
    folder_.write(
        "small.toml",
        std::string(
            "[data]\nsource = \"idx\"\npath = \"images\"\n"
            "[model]\npreset = \"mlp\"\n"
            "[train]\nepochs = 2\nbatch = 16\nthreads = 1\n"
            "[select]\nmethod = \"grid\"\nfolds = 2\ntrials = 3\nstudy = \"studies/one\"\n"));
  }

  Outcome ridgeline(const std::vector<std::string>& words,
                    const std::function<void(pid_t)>& meanwhile = {}) const {
    return run(folder_, words, meanwhile);
  }
  json select() const { return ridgeline({"select", "small.toml", "--json"}).json(); }

  std::string text(const std::string& file) const {
    const auto bytes = test::read_bytes(folder_ / file);
    return {bytes.begin(), bytes.end()};
  }

  const Folder folder_;
};

TEST_F(Studies, ShowHasWhatSelectHasFound) {
  const json selected = select();
  const json shown = ridgeline({"study", "show", "studies/one", "--json"}).json();
  EXPECT_EQ(shown["study"], "studies/one");
  EXPECT_EQ(shown["state"], "done");
  for (const char* same : {"chosen", "metric", "rule", "tied", "refit", "test"}) {
    EXPECT_EQ(shown[same], selected[same]) << same;
  }
  EXPECT_EQ(shown["cost"]["trainings"], selected["cost"]["trainings"]);
  ASSERT_EQ(shown["trials"].size(), selected["trials"].size());
  for (std::size_t t = 0; t < shown["trials"].size(); ++t) {
    for (const char* same : {"parameters", "score", "standard_error", "epochs", "status"}) {
      EXPECT_EQ(shown["trials"][t][same], selected["trials"][t][same]) << same;
    }
  }
  EXPECT_EQ(shown["settings"]["select.method"], "grid");
  EXPECT_EQ(shown["done"], 1);
  EXPECT_TRUE(shown["running"].empty());

  const Outcome outcome = ridgeline({"study", "show", "studies/one/study.sqlite"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"studies/one: done, 100 % done\n", "select.method = grid\n",
                           "done, chosen\n", "Chosen by one-standard-error: regularize.l2",
                           "Trained on all training images with it", "7 trainings of "}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST_F(Studies, ValuesThatAreNoNumbersHaveTheirNames) {
  const json selected = ridgeline({"select", "small.toml", "--json", "select.outer_folds=2",
                                   "select.over={ \"optimizer.kind\" = [\"sgd\", \"adam\"] }"})
                            .json();
  const std::string chosen = selected["chosen"]["optimizer.kind"];
  EXPECT_TRUE(chosen == "sgd" || chosen == "adam") << chosen;
  const json shown = ridgeline({"study", "show", "studies/one", "--json"}).json();
  EXPECT_EQ(shown["chosen"], selected["chosen"]);
  EXPECT_EQ(shown["best"]["parameters"]["optimizer.kind"].type(), json::value_t::string);
  for (std::size_t t = 0; t < 2; ++t) {
    EXPECT_EQ(shown["trials"][t]["parameters"], selected["trials"][t]["parameters"]);
  }
  for (const json& fold : selected["nested"]["folds"]) {
    EXPECT_EQ(fold["chosen"]["optimizer.kind"].type(), json::value_t::string) << fold;
  }
  EXPECT_EQ(ridgeline({"study", "list", "--json"}).json()[0]["chosen"], selected["chosen"]);
  EXPECT_EQ(ridgeline({"select", "--status", "studies/one", "--json"}).json()["chosen"],
            selected["chosen"]);
  const std::vector<std::vector<std::string>> for_people{{"study", "show", "studies/one"},
                                                         {"study", "list"},
                                                         {"select", "--status", "studies/one"},
                                                         {"select", "--resume", "studies/one"}};
  for (const auto& words : for_people) {
    EXPECT_THAT(ridgeline(words).out, HasSubstr("optimizer.kind " + chosen)) << words[1];
  }
  EXPECT_EQ(ridgeline({"study", "export", "studies/one", "--view", "parameters"}).out,
            "trial,name,value\n1,optimizer.kind,sgd\n2,optimizer.kind,adam\n");
  const json all = ridgeline({"study", "export", "studies/one", "--json"}).json();
  EXPECT_EQ(all["trials"][1]["parameters"], json::parse(R"({"optimizer.kind": "adam"})"));
  EXPECT_THAT(all["outer_folds"][0]["chosen"].get<std::string>(),
              HasSubstr("{\"optimizer.kind\":\""));
}

TEST_F(Studies, StatusWhileItRunsSaysWhatRuns) {
  const Folder other;  // for the output of other processes
  const std::string study = (folder_ / "studies/one").string();
  json status;
  const Outcome stopped =
      ridgeline({"select", "small.toml", "train.epochs=100000"}, [&](pid_t child) {
        const auto begun = [&] {
          const Outcome outcome = run(other, {"select", "--status", study, "--json"});
          if (outcome.code != 0) return false;
          status = outcome.json();
          return !status["running"].empty() && status["running"][0]["epoch"] > 0;
        };
        while (!begun()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        EXPECT_EQ(status["processes"], json::array({child}));
        const Outcome refused = run(other, {"study", "delete", study, "--yes"});
        EXPECT_EQ(refused.code, 5);
        EXPECT_THAT(refused.err, HasSubstr("in use by another program"));
        kill(child, SIGINT);
      });
  EXPECT_EQ(stopped.code, 130);
  EXPECT_EQ(status["state"], "running");
  EXPECT_EQ(status["running"][0]["trial"], 1);
  EXPECT_EQ(status["running"][0]["fold"], 1);
  EXPECT_EQ(status["running"][0]["epochs"], 100000);
  EXPECT_TRUE(status["chosen"].is_null());
  const Outcome after = ridgeline({"select", "--status", "studies/one"});
  EXPECT_EQ(after.code, 0);
  EXPECT_THAT(after.out, HasSubstr("studies/one: stopped, 0 % done\n"));
}

TEST_F(Studies, ListHasAllAndSaysWhichCannotBeRead) {
  EXPECT_EQ(ridgeline({"study", "list"}).out, "There is no study in the folder studies.\n");
  EXPECT_EQ(ridgeline({"study", "list", "--json"}).json(), json::array());
  const json selected = select();
  folder_.write("studies/deep/broken/study.sqlite", std::string(4096, 'x'));
  folder_.write("studies/one/trials/1/study.sqlite", std::string("of the study's own"));
  const Outcome outcome = ridgeline({"study", "list"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("studies/one"));
  EXPECT_THAT(outcome.out, HasSubstr("unreadable"));
  EXPECT_THAT(outcome.err, HasSubstr("studies/deep/broken/study.sqlite: is broken"));
  const json list = ridgeline({"study", "list", ".", "--json"}).json();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["state"], "unreadable");
  EXPECT_EQ(list[1]["state"], "done");
  EXPECT_EQ(list[1]["method"], "grid");
  EXPECT_EQ(list[1]["chosen"], selected["chosen"]);
  EXPECT_EQ(ridgeline({"study", "list", "nowhere"}).code, 2);
}

TEST_F(Studies, ExportGivesAView) {
  const json selected = select();
  const Outcome csv = ridgeline({"study", "export", "studies/one", "--view", "parameters"});
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_EQ(csv.out,
            "trial,name,value\n1,regularize.l2,0\n2,regularize.l2,1e-06\n"
            "3,regularize.l2,0.1\n");
  const Outcome trials = ridgeline({"study", "export", "studies/one"});
  EXPECT_THAT(trials.out, HasSubstr("trial,parameters,status,score,standard_error,epochs,chosen\n"
                                    "1,\"{\"\"regularize.l2\"\":0.0}\",done,"));
  const Outcome file =
      ridgeline({"study", "export", "studies/one", "--view", "epochs", "-o", "epochs.csv"});
  EXPECT_EQ(file.code, 0) << file.err;
  const std::string epochs = text("epochs.csv");
  EXPECT_EQ(std::ranges::count(epochs, '\n'), 1 + 3 * 2 * 2);
}

TEST_F(Studies, ExportGivesAllViewsAsJson) {
  const json selected = select();
  const json all = ridgeline({"study", "export", "studies/one", "--json"}).json();
  EXPECT_EQ(all,
            json::parse(ridgeline({"study", "export", "studies/one", "--format", "json"}).out));
  EXPECT_EQ(all["study"], "studies/one");
  ASSERT_EQ(all["trials"].size(), 3U);
  EXPECT_EQ(all["trials"][2]["parameters"], json::parse(R"({"regularize.l2": 0.1})"));
  EXPECT_EQ(all["trials"][2]["score"], selected["trials"][2]["score"]) << "all digits";
  EXPECT_EQ(all["folds"].size(), 6U);
  EXPECT_EQ(all["epochs"].size(), 12U);
  EXPECT_EQ(all["running"], json::array());
  EXPECT_EQ(all["refits"][0]["test_data_loss"], selected["test"]["data_loss"]);
  const json one =
      ridgeline({"study", "export", "studies/one", "--json", "--view", "refits"}).json();
  EXPECT_EQ(one.size(), 2U) << "the folder and the view";
  EXPECT_EQ(one["refits"], all["refits"]);
  const json said = ridgeline({"study", "export", "studies/one", "--json", "--format", "csv",
                               "--output", "trials.csv"})
                        .json();
  EXPECT_EQ(said["output"], "trials.csv");
  EXPECT_THAT(text("trials.csv"), HasSubstr("trial,parameters,"));
}

TEST_F(Studies, ExportRefusesWhatItDoesNotHave) {
  select();
  const auto sentence = [&](std::vector<std::string> words, int code) {
    words.insert(words.begin(), {"study", "export"});
    const Outcome outcome = ridgeline(words);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(sentence({"studies/one", "--view", "trails"}, 2), HasSubstr("did you mean 'trials'"));
  EXPECT_THAT(sentence({"studies/one", "--view", "sqlite_master"}, 2), HasSubstr("has no view"));
  EXPECT_THAT(sentence({"studies/one", "--format", "xml"}, 2), HasSubstr("csv or json"));
  EXPECT_THAT(sentence({"studies/one", "--json", "--format", "csv"}, 2), HasSubstr("--output"));
  EXPECT_THAT(sentence({"studies/one", "--output", "no/such/folder/file"}, 5),
              HasSubstr("no/such"));
  EXPECT_THAT(sentence({"studies/one", "-o"}, 2), HasSubstr("--output needs a value"));
  EXPECT_THAT(sentence({"nowhere"}, 3), HasSubstr("no such folder"));
}

TEST_F(Studies, DeleteRemovesOnlyTheStudy) {
  select();
  folder_.write("studies/one/notes.txt", std::string("mine"));
  folder_.write("studies/one/trials/1/notes.txt", std::string("mine"));
  const Outcome asked = run(folder_, {"study", "delete", "studies/one"}, {}, "stdout",
                            [] { dup2(open("/dev/null", O_RDONLY), STDIN_FILENO); });
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.err, HasSubstr("add --yes"));
  ASSERT_TRUE(fs::exists(folder_ / "studies/one/study.sqlite"));

  const Outcome outcome = ridgeline({"study", "delete", "studies/one", "--yes"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Deleted studies/one: "));
  EXPECT_THAT(outcome.out, HasSubstr("studies/one/notes.txt stays"));
  EXPECT_EQ(text("studies/one/notes.txt"), "mine");
  EXPECT_EQ(text("studies/one/trials/1/notes.txt"), "mine");
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "studies")) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 2);
  EXPECT_EQ(ridgeline({"study", "delete", "studies/one", "--yes"}).code, 3) << "it is gone";

  fs::remove_all(folder_ / "studies/one");
  select();
  const json said = ridgeline({"study", "delete", "studies/one", "--yes", "--json"}).json();
  EXPECT_EQ(said["deleted"], true);
  EXPECT_EQ(said["left"], json::array());
  EXPECT_GT(said["bytes"], 0);
  EXPECT_FALSE(fs::exists(folder_ / "studies/one"));
}

TEST_F(Studies, WhatIsNoStudyIsRefusedByEveryCommand) {
  folder_.write("empty/study.sqlite", std::string());
  folder_.write("text/study.sqlite", std::string(5000, 'x'));
  folder_.write("nothing/file", std::string("x"));
  fs::create_directories(folder_ / "foreign");
  sqlite3* foreign = nullptr;
  ASSERT_EQ(sqlite3_open((folder_ / "foreign/study.sqlite").c_str(), &foreign), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(foreign, "CREATE TABLE a (b)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(foreign);
  const std::string before = text("foreign/study.sqlite");
  for (const char* study : {"empty", "text", "nothing", "foreign", "nowhere"}) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"study", "show", study},
                                                  {"study", "export", study},
                                                  {"study", "delete", study, "--yes"},
                                                  {"select", "--status", study}}) {
      const Outcome outcome = ridgeline(words);
      EXPECT_EQ(outcome.code, 3) << words[1] << " " << study << ": " << outcome.err;
      EXPECT_EQ(outcome.out, "");
      EXPECT_THAT(outcome.err, HasSubstr(study));
      EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    }
  }
  EXPECT_EQ(text("foreign/study.sqlite"), before);
  EXPECT_TRUE(fs::exists(folder_ / "empty/study.sqlite"));
  EXPECT_TRUE(fs::exists(folder_ / "nothing/file"));
}

TEST_F(Studies, StatusTakesNoOtherWords) {
  const Outcome outcome = ridgeline({"select", "--status", "studies/one", "train.epochs=3"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("leave all other words out"));
  EXPECT_EQ(ridgeline({"select", "--resume", "a", "--join", "b"}).code, 2);
  EXPECT_THAT(ridgeline({"study"}).err, HasSubstr("did you mean 'study show'"));
}

}  // namespace
}  // namespace ridgeline::cli
