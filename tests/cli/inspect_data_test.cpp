// `ridgeline inspect DATA` and `ridgeline data check`.
#include <gmock/gmock.h>

#include "cli/program.hpp"
#include "image/decode.hpp"
#include "support/photos.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Folder;
using test::Outcome;
using test::photo;
using test::run;
using test::write_png;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

struct InspectData : testing::Test {
  // Images of two classes, `each` of a class in each part.
  void write_photos(int each = 4) {
    for (const char* part : {"train", "test"}) {
      for (const char* label : {"cat", "dog"}) {
        for (int i = 0; i < each; ++i) {
          write_png(folder, path(part, label, i), photo(++seed, 40 + i, 50));
        }
      }
    }
  }
  static std::string path(const std::string& part, const std::string& label, int i) {
    return "photos/" + part + "/" + label + "/" + std::to_string(i) + ".png";
  }
  json inspected(std::vector<std::string> words, int code = 0) {
    words.insert(words.begin(), "inspect");
    words.emplace_back("--json");
    const Outcome outcome = run(folder, words);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    return outcome.json();
  }
  Image read_png(const std::string& name) { return image::decode(test::read_bytes(folder / name)); }

  Folder folder;
  std::uint32_t seed = 0;
};

TEST_F(InspectData, SaysWhatIsThere) {
  write_photos();
  const json result = inspected({"photos"});
  EXPECT_EQ(result["source"], "folder");
  EXPECT_EQ(result["usable"], true);
  EXPECT_EQ(result["train"]["images"], 8);
  EXPECT_EQ(result["train"]["classes"], json::parse(R"([{"name": "cat", "images": 4},
                                                        {"name": "dog", "images": 4}])"));
  EXPECT_EQ(
      result["train"]["sizes"],
      json::parse(R"({"min": [40, 50], "median": [42, 50], "max": [43, 50], "distinct": 4})"));
  EXPECT_EQ(result["test"]["formats"], json::parse(R"({"PNG": 8})"));
  EXPECT_EQ(result["test"]["channels"], json::parse(R"({"3": 8})"));
  EXPECT_EQ(result["test"]["mean"].size(), 3);
  EXPECT_EQ(result["validation"], nullptr);
  EXPECT_EQ(result["leaks"].size(), 0);
  EXPECT_EQ(result["imbalance"]["ratio"], 1);

  const Outcome plain = run(folder, {"inspect", "photos"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.out, HasSubstr("train: 8 images\n"));
  EXPECT_THAT(plain.out, HasSubstr("4 sizes (height x width): 40x50 to 43x50, the median 42x50"));
  EXPECT_THAT(plain.out, HasSubstr("class   train   test\ncat         4      4"));
  EXPECT_THAT(plain.out, Not(HasSubstr("LEAK")));
  EXPECT_THAT(plain.out, Not(HasSubstr("CONFLICT")));
}

TEST_F(InspectData, ALeakIsSaidFirst) {
  write_photos();
  write_png(folder, "photos/train/dog/leak.png", photo(9, 40, 50));  // test/cat/0.png
  const json result = inspected({"photos"});
  ASSERT_EQ(result["leaks"].size(), 1);
  EXPECT_EQ(result["leaks"][0][0], json::parse(R"({"part": "train", "label": "dog",
                                                   "image": "photos/train/dog/leak.png"})"));
  EXPECT_EQ(result["leaks"][0][1]["image"], "photos/test/cat/0.png");
  EXPECT_EQ(result["conflicts"].size(), 1);
  const Outcome plain = run(folder, {"inspect", "photos"});
  EXPECT_EQ(plain.code, 0);
  EXPECT_THAT(plain.out, StartsWith("folder from photos\n\nLEAK: 1 image is in several parts"));
  EXPECT_THAT(plain.out, HasSubstr("photos/train/dog/leak.png (train), photos/test/cat/0.png"));
}

TEST_F(InspectData, UnusableIsThree) {
  write_photos();
  folder.write("photos/train/cat/text.jpg", std::string("<!DOCTYPE html><html></html>"));
  folder.write("photos/train/dog/empty.png", std::string());
  const json result = inspected({"photos"}, 3);
  EXPECT_EQ(result["usable"], false);
  ASSERT_EQ(result["train"]["unreadable"].size(), 2);
  EXPECT_EQ(result["train"]["unreadable"][0]["image"], "photos/train/cat/text.jpg");
  const Outcome plain = run(folder, {"inspect", "photos"});
  EXPECT_EQ(plain.code, 3);
  EXPECT_THAT(plain.out, HasSubstr("UNUSABLE: 2 of 18 images cannot be read"));
  EXPECT_THAT(plain.out, HasSubstr("photos/train/cat/text.jpg: "));

  std::filesystem::create_directory(folder / "empty");
  const Outcome empty = run(folder, {"inspect", "empty"});
  EXPECT_EQ(empty.code, 3);
  EXPECT_THAT(empty.err, HasSubstr("empty: holds no images"));
  write_png(folder, "one/cat/1.png", photo(1));
  EXPECT_EQ(run(folder, {"inspect", "one"}).code, 3);
  write_png(folder, "loose/1.png", photo(1));
  EXPECT_THAT(run(folder, {"inspect", "loose"}).err, HasSubstr("no class folders"));
  // If no image can be read, nothing is known about sizes.
  folder.write("bad/cat/1.jpg", std::string("x"));
  folder.write("bad/dog/1.jpg", std::string("y"));
  EXPECT_THAT(run(folder, {"inspect", "bad"}).out, HasSubstr("UNUSABLE: no image can be read"));
}

TEST_F(InspectData, UnevenClasses) {
  for (int i = 0; i < 22; ++i) write_png(folder, path("train", "cat", i), photo(++seed));
  for (int i = 0; i < 2; ++i) write_png(folder, path("train", "dog", i), photo(++seed));
  EXPECT_EQ(inspected({"photos"})["imbalance"],
            json::parse(R"({"largest": "cat", "smallest": "dog", "ratio": 11.0})"));
  EXPECT_THAT(
      run(folder, {"inspect", "photos"}).out,
      HasSubstr("\"cat\", has 11 times the images of the smallest, \"dog\".\nThat is very"));
}

TEST_F(InspectData, TablesWithOptionsAndExperimentFiles) {
  for (int i = 0; i < 4; ++i) write_png(folder, "a/" + std::to_string(i) + ".png", photo(++seed));
  folder.write("tags.csv", std::string("path,tags\na/0.png,red;round\na/1.png,\na/2.png,red\n"));
  const json tags = inspected({"tags.csv", "data.label_columns=tags", "data.label_separator=;"});
  EXPECT_EQ(tags["train"]["task"], "multi-label");
  EXPECT_EQ(tags["train"]["labels"][0], json::parse(R"({"name": "red", "images": 2})"));
  EXPECT_EQ(tags["train"]["without_labels"], 1);

  folder.write("angle.csv", std::string("path,angle\na/0.png,-3\na/1.png,1\na/2.png,5\n"));
  folder.write("angle.toml",
               std::string("[data]\nsource = \"table\"\npath = \"angle.csv\"\n"
                           "label_columns = \"angle\"\ntask = \"regress\"\nsize = 16\n"));
  const json angle = inspected({"angle.toml"});
  EXPECT_EQ(angle["train"]["values"][0],
            json::parse(R"({"name": "angle", "min": -3.0, "mean": 1.0, "max": 5.0})"));
  EXPECT_EQ(angle["train"]["shape"], json::parse("[3, 16, 16]"));
  EXPECT_THAT(run(folder, {"inspect", "angle.toml"}).out,
              HasSubstr("angle   train   -3.0000   1.0000   5.0000"));
  EXPECT_EQ(inspected({"data.source=table", "data.path=angle.csv", "data.label_columns=angle",
                       "data.task=regress"})["train"]["images"],
            3);
}

TEST_F(InspectData, Quick) {
  write_photos();
  const json result = inspected({"photos", "--quick", "2"});
  EXPECT_EQ(result["train"]["looked_at"], 2);
  EXPECT_EQ(result["train"]["images"], 8);
  EXPECT_EQ(result["train"]["classes"][0]["images"], 4);
}

TEST_F(InspectData, ShowsASheetOfAugmentedImages) {
  write_photos();
  const Outcome plain = run(folder, {"inspect", "photos", "data.size=32", "--show", "a.png"});
  ASSERT_EQ(plain.code, 0) << plain.err;
  ASSERT_EQ(run(folder, {"inspect", "photos", "data.size=32", "data.augment=[\"horizontal_flip\"]",
                         "--show", "b.png"})
                .code,
            0);
  EXPECT_EQ(read_png("a.png").height, read_png("b.png").height);
  EXPECT_NE(read_png("a.png"), read_png("b.png"));
  const Outcome own = run(folder, {"inspect", "photos", "--show", "c.png"});
  EXPECT_EQ(own.code, 0);
  EXPECT_THAT(own.err, HasSubstr("160 x 160"));
  EXPECT_GT(read_png("c.png").width, 3 * 160);
}

TEST_F(InspectData, AnUnwritableSheetIsFiveAndLeavesNothing) {
  write_photos();
  const Outcome outcome = run(folder, {"inspect", "photos", "--show", "nowhere/a.png"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere/a.png"));
  folder.write("taken.png/x", std::string());
  EXPECT_EQ(run(folder, {"inspect", "photos", "--show", "taken.png"}).code, 5);
  EXPECT_THAT(test::read_bytes(folder / "taken.png/x"), SizeIs(0));
}

TEST_F(InspectData, WrongWords) {
  write_photos();
  const auto error = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "inspect");
    const Outcome outcome = run(folder, words);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(error({"photos", "--quick", "0"}), HasSubstr("--quick takes whole numbers"));
  EXPECT_THAT(error({"photos", "test"}), HasSubstr("'test' is not of the form key=value"));
  EXPECT_THAT(error({"photos", "data.label_columns=x"}), HasSubstr("label_columns"));
  EXPECT_THAT(error({"photos", "data.augment=[\"flop\"]", "--show", "a.png"}), HasSubstr("flop"));
  EXPECT_THAT(error({"absent.toml"}), HasSubstr("absent.toml"));
  EXPECT_THAT(error({"photos", "--show", "a.tiff"}), HasSubstr("a.tiff ends in neither .png"));
}

struct DataCheck : InspectData {};

TEST_F(DataCheck, WritesWhatToLeaveOut) {
  write_photos();
  write_png(folder, "photos/train/cat/leak.png", photo(9, 40, 50));  // test/cat/0.png
  write_png(folder, "photos/train/cat/copy.png", photo(1, 40, 50));  // train/cat/0.png
  folder.write("photos/train/dog/text.jpg", std::string("no image"));
  const Outcome outcome = run(folder, {"data", "check", "photos", "--list", "bad.txt", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;  // 1 of 19 cannot be read: training leaves it out
  EXPECT_EQ(outcome.json()["leave_out"].size(), 3);
  EXPECT_EQ(outcome.json()["list"], "bad.txt");
  const auto bytes = test::read_bytes(folder / "bad.txt");
  const std::string list(bytes.begin(), bytes.end());
  EXPECT_THAT(list, HasSubstr("photos/train/cat/leak.png\tleak: a copy of "));
  EXPECT_THAT(list, HasSubstr("photos/train/cat/copy.png\ta copy of "));
  EXPECT_THAT(list, HasSubstr("photos/train/dog/text.jpg\tis not an image in a format"));

  // Without them nothing is wrong, also if the path is written in another way.
  for (const std::string& path : {std::string("photos"), (folder / "photos").string()}) {
    const Outcome clean = run(folder, {"data", "check", path, "data.exclude=bad.txt", "--json"});
    EXPECT_EQ(clean.code, 0) << clean.err;
    EXPECT_EQ(clean.json()["images"], 16);
    EXPECT_EQ(clean.json()["leave_out"].size(), 0);
  }
  const Outcome plain = run(folder, {"data", "check", "photos"});
  EXPECT_EQ(plain.code, 0);
  EXPECT_THAT(plain.out, StartsWith("LEAK: "));
  EXPECT_THAT(plain.out, HasSubstr("photos/train/cat/leak.png: leak: a copy of "));
  EXPECT_THAT(plain.out, testing::Not(HasSubstr("\\t")));
}

TEST_F(DataCheck, ComparesSeveralSets) {
  for (int i = 0; i < 3; ++i) {
    for (const char* label : {"cat", "dog"}) {
      write_png(folder, std::string("a/") + label + "/" + std::to_string(i) + ".png",
                photo(++seed));
      write_png(folder, std::string("b/") + label + "/" + std::to_string(i) + ".png",
                photo(i == 0 ? seed : seed + 100));
    }
  }
  const Outcome outcome = run(folder, {"data", "check", "a", "b", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["copies"], 2);
  EXPECT_EQ(outcome.json()["leave_out"][0]["part"], "b: train");
}

TEST_F(DataCheck, WrongWords) {
  write_photos(1);
  EXPECT_EQ(run(folder, {"data", "check"}).code, 2);
  EXPECT_EQ(run(folder, {"data", "check", "nowhere"}).code, 2);
  folder.write("model.safetensors", std::string("x"));
  EXPECT_THAT(run(folder, {"data", "check", "model.safetensors"}).err, HasSubstr("is a model"));
  EXPECT_EQ(run(folder, {"data", "check", "photos", "--list", "nowhere/x"}).code, 5);
  EXPECT_EQ(run(folder, {"data", "check", "photos", "--list", "photos"}).code, 5);
}

}  // namespace
}  // namespace ridgeline::cli
