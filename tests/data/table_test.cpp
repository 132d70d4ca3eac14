#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archives.hpp"
#include "images.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

using Values = std::vector<float>;

struct Table : testing::Test {
  Table() {
    for (const char* file : {"a/1.jpg", "a/2.jpg", "b/3.jpg", "b/4.jpg", ".h/5.jpg"}) {
      folder.write(file, "x");
    }
  }
  SampleParts open(const std::string& text, const TableOptions& options = {}) {
    folder.write("labels.csv", text);
    return image_table(folder / "labels.csv", options);
  }
  std::string error(const std::string& text, const TableOptions& options = {}) {
    return message_of<DataError>([&] { open(text, options); });
  }
  std::string usage(const std::string& text, const TableOptions& options = {}) {
    return message_of<UsageError>([&] { open(text, options); });
  }
  std::string at(int line) {
    return (folder / "labels.csv").string() + ":" + std::to_string(line) + ": ";
  }
  test::Folder folder;
};

std::vector<Target> targets(const SampleSource& source) {
  std::vector<Target> all;
  for (std::size_t i = 0; i < source.size(); ++i) all.push_back(source.target(i));
  return all;
}

TEST_F(Table, Classes) {
  const auto parts = open("label,path\ndog,a/1.jpg\ncat,b/3.jpg\n dog ,.h/5.jpg\n");
  EXPECT_THAT(parts.train->schema().names, ElementsAre("cat", "dog"));
  EXPECT_EQ(parts.train->schema().task, "classify");
  EXPECT_THAT(targets(*parts.train), ElementsAre(Target(1), Target(0), Target(1)));
  EXPECT_EQ(parts.train->name(1), (folder / "b/3.jpg").string());
  EXPECT_EQ(parts.validation, nullptr);
}

TEST_F(Table, NumbersAreClassesInTheirOrder) {
  const auto parts = open("path,label\na/1.jpg,10\na/2.jpg,9\n");
  EXPECT_THAT(parts.train->schema().names, ElementsAre("9", "10"));
}

TEST_F(Table, Parts) {
  const auto parts =
      open("path,label,part\na/1.jpg,x,train\na/2.jpg,y,TRAIN\nb/3.jpg,y,valid\nb/4.jpg,,test\n",
           {.split_column = "part"});
  EXPECT_EQ(parts.train->size(), 2U);
  EXPECT_THAT(targets(*parts.validation), ElementsAre(Target(1)));
  EXPECT_THAT(targets(*parts.test), ElementsAre(Target()));
  EXPECT_EQ(parts.test->schema().task, "");
  EXPECT_EQ(error("path,label,part\na/1.jpg,x,trian\n", {.split_column = "part"}),
            at(2) + "\"trian\" in the column part is none of train, val and test");
}

TEST_F(Table, LabelNeverSeenInTraining) {
  EXPECT_EQ(error("path,label,part\na/1.jpg,cat,train\na/2.jpg,dog,train\nb/3.jpg,dgo,val\n",
                  {.split_column = "part"}),
            at(4) +
                "the label \"dgo\" is not among those of the images for training; is \"dog\" "
                "meant?");
}

TEST_F(Table, GroupsAndWeights) {
  const auto train = open(
                         "path,label,who,w\na/1.jpg,x,p1,2\na/2.jpg,y,p2,0.5\nb/3.jpg,x,p1,0\n"
                         "b/4.jpg,x,,1\n",
                         {.group_column = "who", .weight_column = "w"})
                         .train;
  EXPECT_EQ(train->group(0), train->group(2));
  EXPECT_NE(train->group(0), train->group(1));
  EXPECT_EQ(train->group(3), -1);
  EXPECT_EQ(train->weight(1), 0.5);
  EXPECT_EQ(error("path,label,w\na/1.jpg,x,-1\n", {.weight_column = "w"}),
            at(2) + "the weight \"-1\" is not a number of at least 0");
}

TEST_F(Table, SeveralLabelsInACell) {
  const auto train =
      open("path,label\na/1.jpg,cat|dog\na/2.jpg,\nb/3.jpg,dog|dog\n", {.label_separator = "|"})
          .train;
  EXPECT_EQ(train->schema(), (TargetSchema{"multi-label", {"cat", "dog"}}));
  EXPECT_THAT(targets(*train), ElementsAre(Values{1, 1}, Values{0, 0}, Values{0, 1}));
}

TEST_F(Table, AColumnForEachLabel) {
  const TableOptions options{.label_columns = {"dog", "cat"}, .task = "multi-label"};
  const auto train = open("path,cat,dog\na/1.jpg,0,1\na/2.jpg,1.0,True\n", options).train;
  EXPECT_EQ(train->schema(), (TargetSchema{"multi-label", {"dog", "cat"}}));
  EXPECT_THAT(targets(*train), ElementsAre(Values{1, 0}, Values{1, 1}));
  EXPECT_EQ(error("path,cat,dog\na/1.jpg,0,2\n", options),
            at(2) + "\"2\" in the column dog is neither 0 nor 1");
}

TEST_F(Table, Numbers) {
  const TableOptions options{.label_columns = {"age", "height"}, .task = "regress"};
  const auto train = open("path,age,height\na/1.jpg,-3.5,1e2\na/2.jpg, +4 ,0\n", options).train;
  EXPECT_EQ(train->schema(), (TargetSchema{"regress", {"age", "height"}}));
  EXPECT_THAT(targets(*train), ElementsAre(Values{-3.5, 100}, Values{4, 0}));
  for (const char* wrong : {"nan", "inf", "1,5", "old", "1e99", ""}) {
    EXPECT_THAT(
        error(fmt::format("path,age,height\na/1.jpg,1,\"{}\"\n", wrong), options),
        HasSubstr(fmt::format("\"{}\" in the column height is not a finite number", wrong)));
  }
}

struct JsonTable : Table {
  SampleParts open(const std::vector<std::string>& labels, const TableOptions& options = {}) {
    const std::vector<std::string> paths{"a/1.jpg", "a/2.jpg", "b/3.jpg", "b/4.jpg"};
    std::string text;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      text += fmt::format("{{\"path\": \"{}\"{}, \"part\": \"{}\"}}\n", paths[k],
                          labels[k].empty() ? "" : ", \"labels\": " + labels[k],
                          k + 1 < labels.size() ? "train" : "test");
    }
    folder.write("l.jsonl", text);
    return image_table(folder / "l.jsonl", options);
  }
  std::string error(const std::vector<std::string>& labels, const TableOptions& options = {}) {
    return message_of<DataError>([&] { open(labels, options); });
  }
};

TEST_F(JsonTable, ListsAreSeveralLabels) {
  const auto parts = open({R"(["x", "y"])", "[]", R"(["y", "y"])", R"(["x"])"});
  EXPECT_EQ(parts.train->schema(), (TargetSchema{"multi-label", {"x", "y"}}));
  EXPECT_THAT(targets(*parts.train),
              ElementsAre(Values{1, 1}, Values{0, 0}, Values{0, 1}, Values{1, 0}));
  EXPECT_THAT(parts.notes, ElementsAre(HasSubstr("l.jsonl: the column labels holds lists")));
  EXPECT_THAT(open({R"(["x"])", "[]"}, {.task = "multi-label"}).notes, testing::IsEmpty());
}

TEST_F(JsonTable, ListsMayBeginWithAnEmptyOne) {
  const auto parts = open({"[]", R"(["x"])"});
  EXPECT_THAT(targets(*parts.train), ElementsAre(Values{0}, Values{1}));
  EXPECT_THAT(error({"[]", "[]"}), HasSubstr("the column labels holds no label for training"));
}

TEST_F(JsonTable, ListsInSomeRowsOnlyAreRefused) {
  EXPECT_THAT(error({R"("x")", R"(["x", "y"])"}),
              HasSubstr("l.jsonl:2: the column labels holds a list of labels, and rows before it "
                        "hold one label: make every label a list, or none"));
  EXPECT_THAT(error({R"(["x", "y"])", "7"}),
              HasSubstr("l.jsonl:2: the column labels holds \"7\", and rows before it hold lists: "
                        "write [\"7\"]"));
  EXPECT_THAT(error({R"("x")", R"(["x"])"}, {.task = "classify"}),
              HasSubstr("l.jsonl:2: the column labels holds a list of labels, and data.task = "
                        "\"classify\" takes one: set data.task = \"multi-label\""));
}

TEST_F(JsonTable, RowsWithoutAListHaveNoTarget) {
  const TableOptions options{.split_column = "part"};
  const auto parts = open({R"(["x"])", R"(["y"])", ""}, options);
  EXPECT_THAT(targets(*parts.test), ElementsAre(Target()));
  EXPECT_EQ(parts.test->schema().task, "");
  EXPECT_THAT(error({R"(["x"])", "null", R"(["y"])"}, options),
              HasSubstr("l.jsonl:2: the column labels is empty"));
  EXPECT_THAT(error({"null", R"(["y"])", R"(["y"])"}, options),
              HasSubstr("l.jsonl:1: the column labels is empty"));
}

TEST_F(JsonTable, ListsOfNumbersAreNoLabels) {
  EXPECT_THAT(error({"[1, 2]", "[1, 2.5]"}),
              HasSubstr("l.jsonl:2: the column labels holds a list of numbers, such as 2.5: give "
                        "each number a column of its own"));
  EXPECT_THAT(open({"[1, 2]", "[3]"}).train->schema().names, ElementsAre("1", "2", "3"));
}

TEST_F(Table, NumbersWithAFractionAreNoClasses) {
  const std::string text = "path,label\na/1.jpg,1\na/2.jpg,0.37\nb/3.jpg,-2\n";
  EXPECT_EQ(error(text),
            at(3) +
                "the column label holds numbers with a fraction, such as 0.37: set data.task = "
                "\"regress\" to learn them as numbers, or data.task = \"classify\" if each "
                "of them is the name of a class");
  EXPECT_EQ(open(text, {.task = "regress"}).train->schema().task, "regress");
  EXPECT_THAT(open(text, {.task = "classify"}).train->schema().names,
              ElementsAre("-2", "0.37", "1"));
  folder.write("classes.txt", "1\n0.37\n-2\n");
  EXPECT_THAT(open(text, {.classes = folder / "classes.txt"}).train->schema().names,
              ElementsAre("1", "0.37", "-2"));
  EXPECT_THAT(error("path,label\na/1.jpg,0.5\na/2.jpg,nan\n"), HasSubstr("such as 0.5"));
}

TEST_F(Table, WholeNumbersAndNamesAreClasses) {
  EXPECT_THAT(open("path,label\na/1.jpg,1.0\na/2.jpg,2.0\n").train->schema().names,
              ElementsAre("1.0", "2.0"));
  EXPECT_THAT(open("path,label\na/1.jpg,1.5\na/2.jpg,v2\n").train->schema().names,
              ElementsAre("1.5", "v2"));
}

TEST_F(Table, ManyDifferentNumbersAreNoClasses) {
  const auto text = [](int images, int numbers) {
    std::string rows = "path,label\n";
    for (int k = 0; k < images; ++k) rows += fmt::format("a/1.jpg,{}\n", k % numbers);
    return rows;
  };
  EXPECT_THAT(
      error(text(21, 11)),
      HasSubstr("the column label holds 11 different numbers for 21 images: set data.task"));
  EXPECT_EQ(open(text(21, 10)).train->schema().names.size(), 10U);
  EXPECT_EQ(open(text(20, 20)).train->schema().names.size(), 20U);
}

TEST_F(Table, OptionsThatDoNotFit) {
  const std::string text = "path,x,y\na/1.jpg,1,2\n";
  EXPECT_THAT(usage(text, {.label_columns = {"x", "y"}}), HasSubstr("say which"));
  EXPECT_THAT(usage(text, {.label_columns = {"x", "y"}, .task = "classify"}), HasSubstr("names 2"));
  EXPECT_THAT(usage(text, {.label_columns = {"x"}, .task = "detect"}), HasSubstr("not \"detect\""));
  EXPECT_THAT(usage(text, {.format = "xls"}), HasSubstr("csv, tsv or json-lines"));
  EXPECT_THAT(usage(text, {.delimiter = "||"}), HasSubstr("one character"));
  EXPECT_THAT(usage(text, {.table = "t.csv"}), HasSubstr("is the table itself"));
}

TEST_F(Table, OptionsWithoutEffectAreRefused) {
  const std::string text = "path,x,y\na/1.jpg,1,0\na/2.jpg,0,1\n";
  EXPECT_EQ(usage(text, {.label_columns = {"x"}, .task = "classify", .label_separator = ";"}),
            "data.label_separator has no effect on data.task = \"classify\": leave it out");
  EXPECT_EQ(usage(text, {.label_columns = {"x"}, .task = "regress", .label_separator = ";"}),
            "data.label_separator has no effect on data.task = \"regress\": leave it out");
  TableOptions both{.label_columns = {"x", "y"}, .task = "multi-label", .label_separator = ";"};
  EXPECT_EQ(usage(text, both),
            "data.label_separator has no effect on several label columns: leave it out");
  both.label_separator = {};
  both.classes = "classes.txt";
  EXPECT_THAT(usage(text, both), HasSubstr("data.classes has no effect on a column for each"));
  both.task = "regress";
  EXPECT_THAT(usage(text, both), HasSubstr("data.classes has no effect on numbers"));
  EXPECT_THAT(
      usage("{\"path\": \"a/1.jpg\", \"label\": 1}\n", {.format = "json-lines", .delimiter = ";"}),
      HasSubstr("data.delimiter has no effect on JSON lines"));
}

TEST_F(Table, MissingColumn) {
  EXPECT_EQ(error("path,label,patient\na/1.jpg,x,1\n", {.group_column = "pateint"}),
            at(1) + "there is no column \"pateint\" for data.groups; is \"patient\" meant?");
  EXPECT_THAT(
      error("picture,label\na/1.jpg,x\n"),
      HasSubstr("set data.path_column to the one that has the paths; there are picture, label"));
  EXPECT_THAT(error("path,path\n"), HasSubstr("two columns are called \"path\""));
  EXPECT_THAT(error(""), HasSubstr("labels.csv: is empty"));
}

TEST_F(Table, MissingFile) {
  const std::string said = error("path,label\na/1.jpg,x\na/9.jpg,y\nc/1.jpg,y\n");
  EXPECT_THAT(said, HasSubstr(at(3) + "there is no file a/9.jpg in "));
  EXPECT_THAT(said, HasSubstr("(2 of 3 files are missing)"));
}

TEST_F(Table, PathThatLeavesTheFolder) {
  EXPECT_THAT(error("path,label\na/1.jpg,x\n../x.jpg,y\n"),
              HasSubstr(at(3) + "the path \"../x.jpg\" leaves the folder"));
  EXPECT_THAT(error("path,label\na/1.jpg,x\n/etc/passwd,y\n"), HasSubstr("leaves the folder"));
  fs::create_directory_symlink("/etc", folder / "etc");
  EXPECT_THAT(error("path,label\na/1.jpg,x\netc/passwd,y\n"), HasSubstr("is a link that leaves"));
  const auto parts = open("path,label\na/1.jpg,x\netc/passwd,y\n", {.follow_links = true});
  EXPECT_EQ(parts.train->size(), 2U);
}

TEST_F(Table, AbsolutePathsInTheFolderAreAccepted) {
  const auto parts = open("path,label\na/1.jpg,x\n" + (folder / "b/3.jpg").string() + ",y\n").train;
  EXPECT_EQ(parts->name(1), (folder / "b/3.jpg").string());
}

TEST_F(Table, RaggedRow) {
  EXPECT_EQ(error("path,label\na/1.jpg,x\na/2.jpg\n"), at(3) + "has 1 cells, and the header has 2");
  EXPECT_EQ(error("path,label\na/1.jpg,x,\n"), at(2) + "has 3 cells, and the header has 2");
}

TEST_F(Table, OpenQuote) {
  EXPECT_EQ(error("path,label\n\"a/1.jpg,x\na/2.jpg,y\n"),
            at(2) + "the quote that opens here is not closed");
}

TEST_F(Table, EmptyCells) {
  EXPECT_EQ(error("path,label\n,x\n"), at(2) + "the column path is empty");
  EXPECT_EQ(error("path,label\na/1.jpg,\n"), at(2) + "the column label is empty");
  EXPECT_EQ(error("path,label,s\na/1.jpg,x,train\na/2.jpg,y,train\nb/3.jpg,x,test\nb/4.jpg,,test\n",
                  {.split_column = "s"}),
            at(5) + "has no label, and other images of the same part have one");
}

TEST_F(Table, OneClassOnly) {
  EXPECT_THAT(
      error("path,label\na/1.jpg,x\na/2.jpg,x\n"),
      HasSubstr("the column label holds one class only, x: a classifier needs at least two"));
  EXPECT_THAT(error("path,label\n"), HasSubstr("no label for training"));
}

TEST_F(Table, ListedClasses) {
  folder.write("names.txt", "y\nx\nz\n");
  const TableOptions options{.classes = (folder / "names.txt").string()};
  const auto train = open("path,label\na/1.jpg,x\na/2.jpg,y\n", options).train;
  EXPECT_THAT(train->schema().names, ElementsAre("y", "x", "z"));
  EXPECT_THAT(targets(*train), ElementsAre(Target(1), Target(0)));
  EXPECT_EQ(error("path,label\na/1.jpg,q\n", options),
            at(2) + "the label \"q\" is not in the list of classes");
  folder.write("names.txt", "y\nx\ny\n");
  EXPECT_THAT(error("path,label\na/1.jpg,x\n", options), HasSubstr("names the class \"y\" twice"));
}

TEST_F(Table, OtherFormats) {
  folder.write("l.tsv", "path\tlabel\na/1.jpg\tone, two\na/2.jpg\tx\n");
  EXPECT_THAT(image_table(folder / "l.tsv").train->schema().names, ElementsAre("one, two", "x"));
  folder.write("l.csv", "path;label\na/1.jpg;1,5\na/2.jpg;x\n");
  EXPECT_THAT(image_table(folder / "l.csv").train->schema().names, ElementsAre("1,5", "x"));
  folder.write("l.jsonl",
               "{\"file_name\": \"a/1.jpg\", \"labels\": [\"x\", \"y\"]}\n"
               "{\"file_name\": \"a/2.jpg\", \"labels\": []}\n");
  const auto train = image_table(folder / "l.jsonl", {.task = "multi-label"}).train;
  EXPECT_THAT(targets(*train), ElementsAre(Values{1, 1}, Values{0, 0}));
  folder.write("l.jsonl", "{\"path\": \"a/1.jpg\", \"label\": \"x\"}\n{\"path\": \"a/2.jpg\"}\n");
  EXPECT_THAT(message_of<DataError>([&] { image_table(folder / "l.jsonl"); }),
              HasSubstr("l.jsonl:2: the column label is empty"));
}

TEST_F(Table, PathsOfAPattern) {
  const auto train = open("path,label\n1,x\n2,y\n", {.path_format = "a/{}.jpg"}).train;
  EXPECT_EQ(train->name(1), (folder / "a/2.jpg").string());
  EXPECT_THAT(usage("path,label\n1,x\n2,y\n", {.path_format = "a/.jpg"}), HasSubstr("has no {}"));
}

TEST_F(Table, InAFolderOrArchive) {
  folder.write("labels.csv", "path,label\n1.jpg,x\n2.jpg,y\n");
  EXPECT_EQ(image_table(folder.path(), {.images = "a"}).train->size(), 2U);
  folder.write("more.csv", "");
  EXPECT_THAT(message_of<DataError>([&] { image_table(folder.path()); }),
              HasSubstr("several tables (labels.csv, more.csv): set data.table"));
  EXPECT_EQ(image_table(folder.path(), {.table = "labels.csv", .images = "a"}).train->size(), 2U);
  const test::Files files{{"d/labels.csv", "path,label\nimg/1.jpg,x\nimg/2.jpg,y\n"},
                          {"d/img/1.jpg", "one"},
                          {"d/img/2.jpg", "two"}};
  folder.write("d.zip", test::zip_of(files, {.deflated = true}));
  folder.write("d.tar", test::tar_of(files));
  for (const char* name : {"d.zip", "d.tar"}) {
    EXPECT_EQ(image_table(folder / name).train->name(1), (folder / name).string() + "/d/img/2.jpg");
  }
  // A table next to an archive of images.
  folder.write("img.zip", test::zip_of({{"1.jpg", "x"}, {"2.jpg", "y"}}));
  EXPECT_EQ(
      image_table(folder / "labels.csv", {.images = (folder / "img.zip").string()}).train->size(),
      2U);
}

TEST_F(Table, AMillionRows) {
  std::string text = "path,label,group\n";
  constexpr std::size_t rows = 1'000'000;
  for (std::size_t i = 0; i < rows; ++i) {
    text += i % 2 == 0 ? "a/1.jpg" : "b/3.jpg";
    text += fmt::format(",c{},g{}\n", i % 100, i / 10);
  }
  const auto train = open(text, {.group_column = "group"}).train;
  ASSERT_EQ(train->size(), rows);
  EXPECT_EQ(train->schema().names.size(), 100U);
  EXPECT_EQ(train->target(rows - 1), Target(99));
  EXPECT_EQ(train->group(rows - 1), static_cast<std::int64_t>(rows / 10 - 1));
  EXPECT_THAT(error(text + "a/1.jpg,c1\n"), HasSubstr(at(rows + 2) + "has 2 cells"));
}

}  // namespace
}  // namespace ridgeline::data
