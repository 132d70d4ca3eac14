// Folds that a file names.
#include "select/fold_file.hpp"

#include <fstream>
#include <set>

#include "data/wrapper.hpp"
#include "select/support.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

namespace fs = std::filesystem;
using test::expect_error;

/// Images with the names of files.
class Named final : public data::WrappedSource {
 public:
  Named(std::shared_ptr<const SampleSource> source, std::vector<std::string> names)
      : WrappedSource(std::move(source)), names_(std::move(names)) {}
  std::string name(std::size_t i) const override { return names_[i]; }

 private:
  std::vector<std::string> names_;
};

Dataset named(std::vector<std::string> names) {
  const Dataset plain = ridgeline::test::pictures(static_cast<int>(names.size()));
  return Dataset(std::make_shared<const Named>(plain.source(), std::move(names)));
}

class FoldFileTest : public test::InFolder {
 protected:
  FoldFileTest() { fs::create_directories(folder_); }

  fs::path write(const std::string& text, const std::string& name = "folds.csv") const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  void expect_refused(const std::string& text, const std::string& part) const {
    SCOPED_TRACE(text.substr(0, 60));
    const fs::path file = write(text);
    expect_error<DataError>([&] { FoldFile(file, images_, tests_); }, part);
    expect_error<DataError>([&] { FoldFile(file, images_, tests_); }, file.string());
  }

  const Dataset images_ = named(
      {"data/cat/1.jpg", "data/cat/2.jpg", "data/dog/1.jpg", "data/dog/2.jpg", "data/dog/3.jpg"});
  const Dataset tests_ = named({"data/test/9.jpg"});
};

using Validated = std::vector<std::vector<std::string>>;

Validated validated(const std::vector<Split>& splits) {
  Validated all;
  for (const Split& split : splits) {
    auto& names = all.emplace_back();
    for (std::size_t i = 0; i < split.validation.size(); ++i) {
      names.push_back(split.validation.name(i));
    }
  }
  return all;
}

TEST_F(FoldFileTest, GivesEachImageItsFold) {
  const FoldFile file(write("image,fold\ncat/1.jpg,2\ncat/2.jpg,10\ndata/dog/1.jpg,2\n"
                            "./dog/2.jpg,10\n3.jpg,\n"),
                      images_, tests_);
  const std::vector<Split> splits = file.splits(images_);
  EXPECT_EQ(validated(splits), (Validated{{"data/cat/1.jpg", "data/dog/1.jpg"},
                                          {"data/cat/2.jpg", "data/dog/2.jpg"}}));
  EXPECT_EQ(splits[0].train.size(), 3U);
}

TEST_F(FoldFileTest, KnowsNumbersAndNamesAndWhatPandasWrites) {
  const auto folds_of = [&](const std::string& cells, const std::string& header = "image,fold") {
    std::string text = header + "\n";
    std::size_t at = 0;
    for (const char* image : {"cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/2.jpg", "3.jpg"}) {
      const std::size_t end = cells.find(' ', at);
      text += std::string(image) + "," + cells.substr(at, end - at) + "\n";
      at = end + 1;
    }
    const FoldFile file(write(text), images_, tests_);
    std::vector<std::size_t> sizes;
    for (const Split& split : file.splits(images_)) sizes.push_back(split.validation.size());
    return sizes;
  };
  EXPECT_EQ(folds_of("1 2 2 10 10"), (std::vector<std::size_t>{1, 2, 2}));
  EXPECT_EQ(folds_of("0.0 1.0 1.0 -1 -1"), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(folds_of("1 1.0 01 2 -1.0"), (std::vector<std::size_t>{3, 1}));
  EXPECT_EQ(folds_of("rome oslo oslo oslo rome"), (std::vector<std::size_t>{3, 2}));
  EXPECT_EQ(folds_of("1 -1 -1 -1 -1", "path,fold"), (std::vector<std::size_t>{1})) << "a hold-out";
}

TEST_F(FoldFileTest, ReadsJsonLinesAndTables) {
  const FoldFile json(write("{\"image\": \"cat/1.jpg\", \"fold\": 1}\n"
                            "{\"image\": \"cat/2.jpg\", \"fold\": 2}\n"
                            "{\"image\": \"dog/1.jpg\", \"fold\": null}\n"
                            "{\"image\": \"dog/2.jpg\"}\n{\"image\": \"3.jpg\", \"fold\": 1}\n",
                            "folds.jsonl"),
                      images_, tests_);
  EXPECT_EQ(validated(json.splits(images_)),
            (Validated{{"data/cat/1.jpg", "data/dog/3.jpg"}, {"data/cat/2.jpg"}}));
  // The table of the images themselves, with its test image.
  const FoldFile table(write("path;label;fold\ncat/1.jpg;cat;a\ncat/2.jpg;cat;b\n"
                             "dog/1.jpg;dog;a\ndog/2.jpg;dog;b\ndog/3.jpg;dog;\ntest/9.jpg;dog;\n"),
                       images_, tests_);
  EXPECT_EQ(table.splits(images_).size(), 2U);
}

TEST_F(FoldFileTest, KnowsImagesWithoutNamesByTheirPlace) {
  const Dataset images = ridgeline::test::pictures(4);
  const FoldFile file(write("image,fold\n0,1\n1,2\nimage 2,1\n3,2\n"), images, {});
  const auto splits = file.splits(images);
  ASSERT_EQ(splits.size(), 2U);
  EXPECT_EQ(validated(splits), (Validated{{"image 0", "image 2"}, {"image 1", "image 3"}}));
}

TEST_F(FoldFileTest, APartHasTheFoldsOfItsImages) {
  const fs::path path =
      write("image,fold\ncat/1.jpg,1\ncat/2.jpg,2\ndog/1.jpg,3\ndog/2.jpg,1\n3.jpg,\n");
  const FoldFile file(path, images_, tests_);
  const std::vector<std::size_t> some{1, 2, 4};
  EXPECT_EQ(validated(file.splits(images_.subset(some))),
            (Validated{{"data/cat/2.jpg"}, {"data/dog/1.jpg"}}));
  // A limit leaves images out, whose rows stay.
  EXPECT_EQ(FoldFile(path, images_.take(3), tests_).splits(images_.take(3)).size(), 3U);
  expect_error<DataError>(
      [&] {
        FoldFile(path, images_.subset(std::vector<std::size_t>{0, 1, 4}), {});
      },
      "fold 3 has none of the 3 training images");
}

TEST_F(FoldFileTest, EachMistakeIsOneClearError) {
  const std::string start = "image,fold\n",
                    rest = "cat/2.jpg,2\ndog/1.jpg,1\ndog/2.jpg,2\n3.jpg,1\n";
  expect_refused(start + "cat/9.jpg,1\ncat/1.jpg,1\n" + rest,
                 ":2: cat/9.jpg is none of the training images");
  expect_refused(start + "test/9.jpg,1\ncat/1.jpg,1\n" + rest,
                 ":2: test/9.jpg is a test image: the test set is measured once, after the choice");
  expect_refused(start + rest, "data/cat/1.jpg has no row: give it a fold");
  expect_refused(start + "cat/1.jpg,1\n" + rest + "cat/1.jpg,2\n",
                 ":7: cat/1.jpg is in line 2 already");
  expect_refused(start + "cat/1.jpg,1\n" + rest + "data/cat/1.jpg,1\n",
                 ":7: data/cat/1.jpg is in line 2 already, as cat/1.jpg");
  expect_refused(start + "1.jpg,1\ncat/2.jpg,2\ndog/2.jpg,2\n3.jpg,1\n",
                 ":2: \"1.jpg\" means both data/cat/1.jpg and data/dog/1.jpg");
  expect_refused(start + "cat/1.jpg,1\ncat/2.jpg,1\ndog/1.jpg,1\ndog/2.jpg,1\n3.jpg,1\n",
                 "all 5 training images are in fold 1, which leaves none to train on");
  expect_refused(start + "cat/1.jpg,\ncat/2.jpg,\ndog/1.jpg,\ndog/2.jpg,\n3.jpg,-1\n",
                 "no image is in a fold");
  expect_refused(start + "cat/1.jpg,1.5\n" + rest,
                 ":2: a fold is a whole number or a name, not 1.5");
  expect_refused(start + "cat/1.jpg,nan\n" + rest,
                 ":2: a fold is a whole number or a name, not nan");
  expect_refused(start + ",1\ncat/1.jpg,1\n" + rest, ":2: the image is missing");
  expect_refused(start + "cat/1.jpg\n" + rest, ":2: has 1 cells, and the header has 2");
  expect_refused("image,group\ncat/1.jpg,1\n" + rest, ":1: there is no column \"fold\"");
  expect_refused("picture,fold\ncat/1.jpg,1\n" + rest, ":1: there is no column \"image\"");
  expect_refused("", "is empty");
  expect_refused("image,fold\n", "no image is in a fold");
  expect_refused(start + "\"cat/1.jpg,1\n" + rest, "the quote that opens here is not closed");
  expect_refused(std::string("image,fold\ncat/1.jpg,1\0", 23), "zero byte");
  const fs::path list = write("{\"image\": \"cat/1.jpg\", \"fold\": [1, 2]}\n", "folds.jsonl");
  expect_error<DataError>([&] { FoldFile(list, images_, tests_); }, "not a list");
  const fs::path missing = folder_ / "nothing.csv";
  expect_error<DataError>([&] { FoldFile(missing, images_, tests_); }, "there is no such file");
  expect_error<DataError>([&] { FoldFile(folder_, images_, tests_); }, "is a folder");
}

TEST_F(FoldFileTest, AColumnThatIsNotOneOfFoldsIsRefused) {
  const Dataset images = ridgeline::test::pictures(1200);
  std::string text = "image,fold\n";
  for (int i = 0; i < 1200; ++i) text += std::to_string(i) + "," + std::to_string(i) + "\n";
  const fs::path file = write(text);
  expect_error<DataError>([&] { FoldFile(file, images, {}); },
                          "has 1200 folds, and at most 1000 are possible");
}

}  // namespace
}  // namespace ridgeline::selection
