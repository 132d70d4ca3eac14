// `ridgeline predict`: its inputs and outputs.
#include <fcntl.h>
#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "cli/predict_inputs.hpp"
#include "cli/trained_model.hpp"
#include "data/archives.hpp"
#include "image/decode.hpp"
#include "image/format.hpp"
#include "support/photos.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::json;
using test::Outcome;
using test::photo;
using test::run;
using test::write_png;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Predict : public TrainedModel {
 protected:
  static void SetUpTestSuite() {
    TrainedModel::SetUpTestSuite();
    for (int i = 0; i < 5; ++i) {
      write_png(*folder_, "photos/" + std::to_string(i) + ".png", photo(i, 20, 20, 1));
    }
    write_png(*folder_, "photos/deep/er/5.PNG", photo(5, 30, 20, 3));
    folder_->write("photos/readme.txt", std::string("no image"));
    folder_->write("photos/.hidden/6.png", std::string("x"));
    folder_->write("bad/text.jpg", std::string("<html>"));
    std::filesystem::create_directory(*folder_ / "none");
  }

  static json predicted(std::vector<std::string> words, int code = 0,
                        const std::string& input = {}) {
    words.insert(words.begin(), {"predict", "first"});
    words.emplace_back("--json");
    const Outcome outcome = with_input(words, input);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    return outcome.json();
  }
  static Outcome with_input(const std::vector<std::string>& words, const std::string& input) {
    folder_->write("input", input);
    return run(*folder_, words, {}, "stdout", [] { dup2(open("input", O_RDONLY), STDIN_FILENO); });
  }
  static std::vector<std::string> images(const json& result) {
    std::vector<std::string> names;
    for (const json& one : result) names.push_back(one["image"]);
    return names;
  }
  static std::string bytes_of(const std::string& name) {
    const auto bytes = test::read_bytes(*folder_ / name);
    return {bytes.begin(), bytes.end()};
  }
};

TEST_F(Predict, FoldersPatternsAndFiles) {
  EXPECT_THAT(images(predicted({"photos"})),
              ElementsAre("photos/0.png", "photos/1.png", "photos/2.png", "photos/3.png",
                          "photos/4.png", "photos/deep/er/5.PNG"));
  EXPECT_THAT(images(predicted({"photos/[13].png", "photos/deep"})),
              ElementsAre("photos/1.png", "photos/3.png", "photos/deep/er/5.PNG"));
  EXPECT_EQ(predicted({"photos"})[2], predicted({"photos/2.png"})[0]);
}

TEST_F(Predict, StandardInput) {
  EXPECT_THAT(images(predicted({"-"}, 0, "photos/1.png\r\nphotos/deep\n\n")),
              ElementsAre("photos/1.png", "photos/deep/er/5.PNG"));
  EXPECT_THAT(images(predicted({"-"}, 0, std::string("photos/1.png\0photos/2.png\0", 26))),
              ElementsAre("photos/1.png", "photos/2.png"));
  const json one = predicted({"-"}, 0, bytes_of("photos/3.png"));
  ASSERT_EQ(one.size(), 1);
  EXPECT_EQ(one[0]["image"], "-");
  EXPECT_EQ(one[0]["predictions"], predicted({"photos/3.png"})[0]["predictions"]);
  EXPECT_THAT(with_input({"predict", "first", "-"}, "").err, HasSubstr("standard input is empty"));
}

TEST_F(Predict, Archives) {
  const Outcome packed = run(*folder_, {"predict", "first", "photos", "--json"});
  ASSERT_EQ(packed.code, 0) << packed.err;
  const test::Files files{{"b/1.png", bytes_of("photos/1.png")},
                          {"0.png", bytes_of("photos/0.png")},
                          {"readme.txt", "no image"},
                          {"b/bad.jpg", "<html>"}};
  folder_->write("photos.zip", test::zip_of(files));
  folder_->write("photos.bin", test::tar_of(files));
  for (const std::string archive : {"photos.zip", "photos.bin"}) {
    SCOPED_TRACE(archive);
    const json result = predicted({archive}, 3);
    EXPECT_THAT(images(result),
                ElementsAre(archive + "/0.png", archive + "/b/1.png", archive + "/b/bad.jpg"));
    EXPECT_EQ(result[0]["predictions"], predicted({"photos/0.png"})[0]["predictions"]);
    EXPECT_EQ(result[1]["predictions"], predicted({"photos/1.png"})[0]["predictions"]);
    EXPECT_TRUE(result[2].contains("error"));
  }
  folder_->write("empty.zip", test::zip_of({{"readme.txt", "x"}}));
  folder_->write("cut.zip", std::string("PK\3\4") + std::string(50, 'x'));
  folder_->write("photos.tar.gz", std::string("\x1f\x8b") + std::string(50, 'x'));
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"empty.zip", "the archive holds no images"},
      {"cut.zip", "cut.zip"},
      {"photos.tar.gz", "is compressed with gzip"}};
  for (const auto& [archive, reason] : wrong) {
    EXPECT_THAT(std::string(predicted({archive}, 3)[0]["error"]), HasSubstr(reason));
  }
}

TEST_F(Predict, TablesAndKeysAreRefusedWithAdvice) {
  folder_->write("pets.csv", std::string("path,label\nphotos/0.png,a\n"));
  const Outcome table = run(*folder_, {"predict", "first", "pets.csv"});
  EXPECT_EQ(table.code, 3);
  EXPECT_THAT(table.err, HasSubstr("pets.csv: is a table, and predict takes images"));
  folder_->write("image.csv", bytes_of("photos/0.png"));
  predicted({"image.csv"});  // whatever its name
  folder_->write("data.size=3", bytes_of("photos/0.png"));
  predicted({"data.size=3"});
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"data.size=64", "data.size has no effect on ridgeline predict: images are prepared as"},
      {"data.sise=64", "data.sise has no effect on ridgeline predict"},
      {"data.path=photos", "data.path has no effect on ridgeline predict: name the images, their "},
      {"train.threads=2", "train.threads has no effect on ridgeline predict"}};
  for (const auto& [word, reason] : wrong) {
    const Outcome outcome = run(*folder_, {"predict", "first", "photos", word});
    EXPECT_EQ(outcome.code, 2) << word;
    EXPECT_THAT(outcome.err, HasSubstr(reason));
  }
  EXPECT_EQ(run(*folder_, {"predict", "first", "a=b"}).code, 3) << "a file that is missing";
}

TEST_F(Predict, EachBadImageIsNamedOnceAndTheOthersArePredicted) {
  const Outcome outcome = run(*folder_, {"predict", "first", "bad/text.jpg", "photos/1.png",
                                         "bad/text.jpg", "none", "no*thing", "absent.png"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("photos/1.png"));
  const auto lines = std::ranges::count(outcome.err, '\n');
  EXPECT_EQ(lines, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("bad/text.jpg: "));
  EXPECT_THAT(outcome.err, HasSubstr("none: the folder holds no images"));
  EXPECT_THAT(outcome.err, HasSubstr("no*thing: no file has such a name"));
  EXPECT_THAT(outcome.err, HasSubstr("absent.png: there is no such file"));
  const json result = predicted({"bad", "photos/1.png"}, 3);
  EXPECT_THAT(result[0]["predictions"], IsEmpty());
  EXPECT_THAT(result[0]["error"], HasSubstr("bad/text.jpg"));
  EXPECT_THAT(result[1]["predictions"], SizeIs(3));
  EXPECT_FALSE(result[1].contains("error"));
}

TEST_F(Predict, MoreImagesThanAreComputedAtOnce) {
  std::string list;
  for (int i = 0; i < 300; ++i) list += "photos/" + std::to_string(i % 5) + ".png\n";
  const json result = predicted({"-", "--tta", "flip"}, 0, list);
  ASSERT_EQ(result.size(), 300);
  for (std::size_t i = 5; i < 300; ++i) ASSERT_EQ(result[i], result[i % 5]);
  EXPECT_NE(result[0]["predictions"], result[1]["predictions"]);
}

TEST_F(Predict, Csv) {
  write_png(*folder_, "a, \"b\".png", photo(1, 20, 20, 1));
  const Outcome outcome =
      run(*folder_, {"predict", "first", "a, \"b\".png", "--csv", "--top", "1"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              testing::StartsWith("image,rank,label,probability\r\n\"a, \"\"b\"\".png\",1,"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 2);
  EXPECT_EQ(run(*folder_, {"predict", "first", "photos/1.png", "--csv", "--json"}).code, 2);
}

std::vector<double> by_label(const json& image) {
  std::map<std::string, double> sorted;
  for (const json& one : image["predictions"]) sorted[one["label"]] = one["probability"];
  std::vector<double> all;
  for (const auto& [label, probability] : sorted) all.push_back(probability);
  return all;
}

// Compares with the mean over views that are made by hand.
TEST_F(Predict, TestTimeAugmentation) {
  const Image image = photo(11, 8, 8, 1);
  Image mirror = image;
  for (std::size_t row = 0; row < 8; ++row) {
    std::reverse(mirror.pixels.begin() + row * 8, mirror.pixels.begin() + row * 8 + 8);
  }
  write_png(*folder_, "image.png", image);
  write_png(*folder_, "mirror.png", mirror);
  const auto plain = by_label(predicted({"image.png"})[0]),
             other = by_label(predicted({"mirror.png"})[0]),
             both = by_label(predicted({"image.png", "--tta", "flip"})[0]);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(both[k], (plain[k] + other[k]) / 2, 1e-6);
  EXPECT_EQ(both, by_label(predicted({"mirror.png", "--tta", "2"})[0]));

  // 8 / 0.875 is rounded up to 10 pixels.
  const Image large = image::resize(photo(11, 8, 8, 1), {10, 10}, image::Filter::bilinear);
  std::vector<double> mean(3);
  for (const auto& [top, left] : {std::pair(0, 0), {0, 2}, {2, 0}, {2, 2}, {1, 1}}) {
    Image crop{1, 8, 8, {}};
    for (int y = 0; y < 8; ++y) {
      const auto row = large.pixels.begin() + (top + y) * 10 + left;
      crop.pixels.insert(crop.pixels.end(), row, row + 8);
    }
    write_png(*folder_, "crop.png", crop);
    const auto one = by_label(predicted({"crop.png"})[0]);
    for (std::size_t k = 0; k < 3; ++k) mean[k] += one[k] / 5;
  }
  const auto five = by_label(predicted({"image.png", "--tta", "5"})[0]);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(five[k], mean[k], 1e-6);
  EXPECT_NE(five, by_label(predicted({"image.png", "--tta", "10"})[0]));
  EXPECT_EQ(run(*folder_, {"predict", "first", "image.png", "--tta", "3"}).code, 2);
}

TEST_F(Predict, Draws) {
  ASSERT_EQ(run(*folder_, {"predict", "first", "photos/1.png", "--draw", "one.png"}).code, 0);
  const Image one = image::decode(test::read_bytes(*folder_ / "one.png"));
  std::size_t bars = 0;
  for (std::size_t k = 0; k < one.pixels.size(); k += 3) {
    bars += one.pixels[k] == 66 && one.pixels[k + 1] == 122 && one.pixels[k + 2] == 190;
  }
  // The probabilities of three classes add up to the width of a bar, which is 8 pixels high.
  EXPECT_NEAR(static_cast<double>(bars), 320 * 8, 2 * 8);
  ASSERT_EQ(run(*folder_, {"predict", "first", "photos", "bad", "--draw", "all.png"}).code, 3);
  EXPECT_GT(image::decode(test::read_bytes(*folder_ / "all.png")).width, 3 * 112);
  ASSERT_EQ(run(*folder_, {"predict", "first", "photos/1.png", "--draw", "one.JPG"}).code, 0);
  const auto file = test::read_bytes(*folder_ / "one.JPG");
  EXPECT_EQ(image::format_of(file), "JPEG");
  const Image jpeg = image::decode(file);
  ASSERT_EQ(jpeg.pixels.size(), one.pixels.size());
  EXPECT_EQ(jpeg.width, one.width);
  double difference = 0;
  for (std::size_t k = 0; k < one.pixels.size(); ++k) {
    difference += std::abs(jpeg.pixels[k] - one.pixels[k]);
  }
  EXPECT_LT(difference / static_cast<double>(one.pixels.size()), 2);
  const Outcome other = run(*folder_, {"predict", "absent", "x.png", "--draw", "one.gif"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("--draw writes PNG or JPEG, as the end of the name says: "
                                   "one.gif ends in neither"));
  const Outcome outcome =
      run(*folder_, {"predict", "absent", "photos/1.png", "--draw", "nowhere/x.png"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere/x.png"));
}

TEST_F(Predict, AModelThatIsMissingIsThree) {
  EXPECT_EQ(run(*folder_, {"predict", "absent.safetensors", "photos/1.png"}).code, 3);
  EXPECT_EQ(run(*folder_, {"predict", "first"}).code, 2);
}

// A model file says how images of any size become its input. predict and evaluate agree.
TEST_F(Predict, PreparesImagesAsTheModelSays) {
  std::string table = "path,label\n";
  for (int i = 0; i < 6; ++i) {
    const std::string name = "sized/" + std::to_string(i) + ".png";
    write_png(*folder_, name, photo(i + 30, 20 + i, 40));
    table += name + (i % 2 == 0 ? ",even\n" : ",odd\n");
  }
  folder_->write("sized.csv", table);
  for (const char* resize : {"crop", "squash", "letterbox"}) {
    const std::string name = std::string("run-") + resize;
    const Outcome trained =
        run(*folder_, {"train", "data.source=table", "data.path=sized.csv", "data.size=12",
                       std::string("data.resize=") + resize, "data.crop_share=0.75",
                       "data.validation=0", "model.preset=mlp", "train.epochs=30", "train.batch=3",
                       "train.run=" + name, "--json"});
    // Only "crop" has crop_share.
    if (trained.code == 2) {
      ASSERT_EQ(run(*folder_,
                    {"train", "data.source=table", "data.path=sized.csv", "data.size=12",
                     std::string("data.resize=") + resize, "data.validation=0", "model.preset=mlp",
                     "train.epochs=30", "train.batch=3", "train.run=" + name})
                    .code,
                0);
    } else {
      ASSERT_EQ(trained.code, 0) << trained.err;
    }
    const Outcome evaluated = run(*folder_, {"evaluate", name, "--split", "train", "--json"});
    ASSERT_EQ(evaluated.code, 0) << evaluated.err;
    const Outcome outcome = run(*folder_, {"predict", name, "sized", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json result = outcome.json();
    double loss = 0;
    for (std::size_t i = 0; i < 6; ++i) {
      for (const json& one : result[i]["predictions"]) {
        if (one["label"] == (i % 2 == 0 ? "even" : "odd")) {
          loss -= std::log(one["probability"].get<double>()) / 6;
        }
      }
    }
    EXPECT_NEAR(loss, evaluated.json()["data_loss"].get<double>(), 1e-5) << resize;
  }
}

TEST_F(Predict, SeveralLabelsAndValues) {
  std::string tags = "path,red,round\n", angle = "path,x,y\n";
  for (int i = 0; i < 8; ++i) {
    const std::string name = "t/" + std::to_string(i) + ".png";
    write_png(*folder_, name, photo(i + 60, 12, 12, 1));
    tags += name + "," + std::to_string(i % 2) + "," + std::to_string(i / 2 % 2) + "\n";
    angle += name + "," + std::to_string(i) + ",-1.5\n";
  }
  folder_->write("tags.csv", tags);
  folder_->write("angle.csv", angle);
  const auto train = [&](const std::string& table, const std::string& columns,
                         const std::string& task) {
    const Outcome outcome =
        run(*folder_, {"train", "data.source=table", "data.path=" + table,
                       "data.label_columns=" + columns, "data.task=" + task, "data.validation=0",
                       "model.preset=mlp", "train.epochs=2", "train.batch=4", "train.run=" + task});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  };
  train("tags.csv", "red, round", "multi-label");
  const json labels = run(*folder_, {"predict", "multi-label", "t/1.png", "--json"}).json();
  ASSERT_THAT(labels[0]["predictions"], SizeIs(2));
  for (const json& one : labels[0]["predictions"]) {
    EXPECT_EQ(one["present"], one["probability"] >= 0.5);
  }
  EXPECT_THAT(run(*folder_, {"predict", "multi-label", "t/1.png"}).out, HasSubstr("present"));

  train("angle.csv", "x, y", "regress");
  const json values =
      run(*folder_, {"predict", "regress", "t", "--json", "--draw", "values.png"}).json();
  ASSERT_EQ(values.size(), 8);
  EXPECT_TRUE(values[0]["values"]["x"].is_number());
  EXPECT_TRUE(values[0]["values"]["y"].is_number());
  EXPECT_THAT(run(*folder_, {"predict", "regress", "t/1.png"}).out, HasSubstr("prediction"));
  EXPECT_THAT(run(*folder_, {"predict", "regress", "t/1.png", "--csv"}).out,
              testing::StartsWith("image,name,value\r\nt/1.png,x,"));
}

TEST(PredictInputs, AFileWithTheSignsOfAPatternIsAFile) {
  const test::Folder folder;
  folder.write("a[1].png", std::string("x"));
  std::istringstream nothing;
  const std::vector<std::string> words{(folder / "a[1].png").string()};
  const auto inputs = predict_inputs(words, nothing);
  ASSERT_THAT(inputs, SizeIs(1));
  EXPECT_EQ(inputs[0].error, "");
}

}  // namespace
}  // namespace ridgeline::cli
