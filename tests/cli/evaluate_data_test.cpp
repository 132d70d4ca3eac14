// A model is measured on data that the command line names, with the options of their source.
#include <gmock/gmock.h>

#include "cli/program.hpp"
#include "support/photos.hpp"

namespace ridgeline::cli {
namespace {

using test::Outcome;
using test::photo;
using test::run;
using test::write_png;
using testing::HasSubstr;
using testing::StartsWith;

class EvaluateData : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::Folder>();
    std::string table = "path,label\n", other = "file;breed;part\n";
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::string name = std::to_string(i) + ".png", label = i % 2 == 0 ? "even" : "odd";
      write_png(*folder_, "images/" + name, photo(i, 20, 30));
      write_png(*folder_, "folders/" + label + "/" + name, photo(i, 20, 30));
      table += "images/" + name + "," + label + "\n";
      other += name + ";" + label + ";" + (i < 6 ? "train" : "test") + "\n";
    }
    folder_->write("pets.csv", table);
    folder_->write("other.csv", other);
    trained_ = run(*folder_, {"train", "data.source=table", "data.path=pets.csv", "data.size=12",
                              "data.validation=0", "model.preset=mlp", "train.epochs=2",
                              "train.batch=4", "train.run=run"});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static Outcome evaluate(std::vector<std::string> words) {
    words.insert(words.begin(), "evaluate");
    return run(*folder_, words);
  }
  static nlohmann::json result(std::vector<std::string> words) {
    words.emplace_back("--json");
    const Outcome outcome = evaluate(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  }
  static std::string refusal(const std::vector<std::string>& words) {
    const Outcome outcome = evaluate(words);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    return outcome.err;
  }

  static inline std::unique_ptr<test::Folder> folder_;
  static inline Outcome trained_;
};

TEST_F(EvaluateData, AnotherTableHasItsOwnOptions) {
  ASSERT_EQ(trained_.code, 0) << trained_.err;
  const auto own = result({"run", "--split", "train"});
  const auto other = result({"run", "--data", "other.csv", "data.path_column=file",
                             "data.label_columns=breed", "data.images=images"});
  EXPECT_EQ(other["images"], 8);
  EXPECT_EQ(other["data_loss"], own["data_loss"]);
  const auto part =
      result({"run", "--data", "table", "--path", "other.csv", "data.path_column=file",
              "data.label_columns=breed", "data.images=images", "data.split_column=part"});
  EXPECT_EQ(part["images"], 2) << "the test part";
}

TEST_F(EvaluateData, AFolderAndAnArchiveAreFoundByTheirPaths) {
  const auto own = result({"run", "--split", "train"});
  EXPECT_EQ(result({"run", "--data", "folders"})["data_loss"], own["data_loss"]);
  EXPECT_EQ(result({"run", "data.source=folder", "data.path=folders"})["data_loss"],
            own["data_loss"]);
  EXPECT_EQ(
      result({"run/model.safetensors", "--data", "folders", "data.validation=0.25"})["images"], 2);
}

TEST_F(EvaluateData, APathMayLookLikeANumber) {
  std::filesystem::create_directory_symlink("folders", *folder_ / "2024");
  EXPECT_EQ(result({"run", "--data", "folder", "--path", "2024"})["images"], 8);
  EXPECT_EQ(result({"run", "--data", "2024"})["images"], 8);
}

TEST_F(EvaluateData, KeysChangeTheDataOfTheRun) {
  folder_->write("left.txt", std::string("images/0.png\nimages/1.png\n"));
  EXPECT_EQ(result({"run", "data.exclude=left.txt"})["images"], 6);
}

TEST_F(EvaluateData, ImagesThatCannotBeReadDoNotCount) {
  std::string table = "path,label\nbad.png,odd\n";
  folder_->write("bad.png", std::string("no image"));
  for (int i = 0; i < 8; ++i) {
    table += "images/" + std::to_string(i) + ".png," + (i % 2 == 0 ? "even" : "odd") + "\n";
  }
  folder_->write("bad.csv", table);
  const auto own = result({"run", "--split", "train"});
  const auto other = result({"run", "--data", "bad.csv"});
  EXPECT_EQ(other["images"], 8);
  EXPECT_EQ(other["confusion"], own["confusion"]);
  EXPECT_EQ(other["per_class"], own["per_class"]);
  EXPECT_EQ(other["data_loss_error"], own["data_loss_error"]);
  EXPECT_THAT(evaluate({"run", "--data", "bad.csv"}).out,
              StartsWith("8 images of the training part"));
}

TEST_F(EvaluateData, RefusesKeysThatItDoesNotRead) {
  EXPECT_THAT(refusal({"run", "train.epochs=5"}),
              HasSubstr("train.epochs has no effect on ridgeline evaluate, which takes only "
                        "keys of [data]"));
  EXPECT_THAT(refusal({"run", "data.size=64"}),
              HasSubstr("data.size has no effect on ridgeline evaluate: it reads each image once, "
                        "as the model file says"));
  EXPECT_THAT(refusal({"run", "data.labels=x"}), HasSubstr("unknown key 'data.labels'"));
  EXPECT_THAT(refusal({"run", "--data", "folders", "data.label_columns=x"}),
              HasSubstr("data.label_columns has no effect on folder"));
  EXPECT_THAT(refusal({"run", "--data", "nowhere"}),
              HasSubstr("'nowhere' is neither a file or folder nor one of the data sources"));
}

}  // namespace
}  // namespace ridgeline::cli
