#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/guess_source.hpp"
#include "data/inspection/exclude_lines.hpp"
#include "data/inspection/findings.hpp"
#include "data/inspection/sheet.hpp"
#include "data/sources/subset.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"
#include "support/photos.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using test::photo;
using test::write_png;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A folder with a fault of each kind.
struct Photos : testing::Test {
  Photos() {
    std::uint32_t seed = 0;
    for (const char* part : {"train", "val", "test"}) {
      for (const char* label : {"cat", "dog"}) {
        for (int i = 0; i < 4; ++i) {
          write_png(folder, std::string(part) + "/" + label + "/" + std::to_string(i) + ".png",
                    photo(++seed));
        }
      }
    }
    write_png(folder, "train/cat/copy.png", photo(1));           // of train/cat/0.png
    write_png(folder, "train/dog/leak.png", photo(21));          // of test/dog/0.png
    write_png(folder, "train/dog/wrong.png", photo(2));          // of train/cat/1.png
    write_png(folder, "train/cat/near.png", photo(17, 40, 50));  // like test/cat/0.png
    folder.write("train/cat/text.jpg", std::string("<html>not found</html>"));
    folder.write("train/cat/cut.png", cut());
  }
  static test::Bytes cut() {
    test::Bytes bytes = image::encode_png(photo(99));
    bytes.resize(bytes.size() / 2);
    return bytes;
  }

  Inspection inspect(std::size_t at_most = 0, int threads = 2) const {
    const SampleParts parts = class_folders(folder.path());
    std::vector<Part> all{{"train", Role::train, Dataset(parts.train)},
                          {"validation", Role::validation, Dataset(parts.validation)},
                          {"test", Role::test, Dataset(parts.test)}};
    for (Part& part : all) {
      part.scan = scan(part.images, {.threads = threads, .at_most = at_most});
    }
    return find_problems(std::move(all));
  }
  std::vector<std::string> names(const Inspection& found, const Group& group) const {
    std::vector<std::string> all;
    for (const Place place : group) all.push_back(name(found, place));
    return all;
  }
  std::string name(const Inspection& found, Place place) const {
    return found.parts[place.part]
        .images.name(place.image)
        .substr(folder.path().string().size() + 1);
  }

  test::Folder folder;
};

TEST_F(Photos, FindsEachProblem) {
  const Inspection found = inspect();
  EXPECT_EQ(found.images(), 30U);
  ASSERT_THAT(found.parts[0].scan.unreadable, SizeIs(2));
  EXPECT_THAT(found.parts[0].scan.unreadable[0].reason, HasSubstr("train/cat/cut.png: "));
  EXPECT_THAT(found.parts[0].scan.unreadable[1].reason, HasSubstr("HTML"));
  ASSERT_THAT(found.leaks, SizeIs(1));
  EXPECT_THAT(names(found, found.leaks[0]), ElementsAre("train/dog/leak.png", "test/dog/0.png"));
  ASSERT_THAT(found.near_leaks, SizeIs(1));
  EXPECT_THAT(names(found, found.near_leaks[0]),
              ElementsAre("train/cat/near.png", "test/cat/0.png"));
  ASSERT_THAT(found.conflicts, SizeIs(1));
  EXPECT_THAT(names(found, found.conflicts[0]),
              ElementsAre("train/cat/1.png", "train/dog/wrong.png"));
  EXPECT_THAT(found.duplicates.exact, SizeIs(3));
  EXPECT_THAT(found.targets[0].images, ElementsAre(8, 6));
  EXPECT_THAT(unusable(found), ElementsAre(HasSubstr("2 of 30 images cannot be read")));
}

TEST_F(Photos, WhatIsListedIsLeftOutAndThenAllIsWell) {
  const Inspection found = inspect();
  std::vector<std::pair<std::string, std::string>> list;
  for (const LeaveOut& one : leave_out(found)) {
    list.emplace_back(name(found, one.place), one.remark);
  }
  EXPECT_THAT(list, UnorderedElementsAre(
                        Pair("train/cat/1.png", HasSubstr("is called cat, and its copy ")),
                        Pair("train/dog/wrong.png", HasSubstr("is called dog, and its copy ")),
                        Pair("train/cat/copy.png", HasSubstr("a copy of ")),
                        Pair("train/dog/leak.png", HasSubstr("leak: a copy of ")),
                        Pair("train/cat/text.jpg", HasSubstr("HTML")),
                        Pair("train/cat/cut.png", HasSubstr("cannot be decoded"))));
  EXPECT_THAT(leave_out(found, true), SizeIs(7));

  const std::vector<std::filesystem::path> roots(3, folder.path());
  const ExcludeLines lines = exclude_lines(found, leave_out(found, true), roots);
  EXPECT_EQ(lines.without_name, 0U);
  EXPECT_THAT(lines.text, HasSubstr(folder.path().filename().string() + "/train/cat/copy.png\t"));
  const test::Folder lists;
  lists.write("list", lines.text);
  ExcludeList exclude(lists / "list");
  std::vector<Part> left{
      {"train", Role::train, Dataset(exclude.apply(found.parts[0].images.source()))},
      {"test", Role::test, Dataset(exclude.apply(found.parts[2].images.source()))}};
  EXPECT_THAT(exclude.unknown(), IsEmpty());
  EXPECT_EQ(left[0].images.size(), 7U);
  for (Part& part : left) part.scan = scan(part.images, {});
  const Inspection clean = find_problems(std::move(left));
  EXPECT_THAT(leave_out(clean, true), IsEmpty());
  EXPECT_THAT(unusable(clean), IsEmpty());
}

TEST_F(Photos, TheNumberOfThreadsChangesNothing) {
  const Inspection one = inspect(0, 1), four = inspect(0, 4);
  EXPECT_EQ(one.parts[0].scan.mean, four.parts[0].scan.mean);
  EXPECT_EQ(one.parts[0].scan.deviation, four.parts[0].scan.deviation);
  EXPECT_EQ(one.duplicates.exact, four.duplicates.exact);
  EXPECT_EQ(one.duplicates.near, four.duplicates.near);
}

TEST_F(Photos, LooksAtSomeOnly) {
  const Inspection found = inspect(3);
  EXPECT_EQ(found.looked_at(), 9U);
  EXPECT_THAT(found.parts[1].scan.formats, ElementsAre(Pair("PNG", 3U)));
  EXPECT_EQ(count_sizes(found.parts[1].scan)->channels.at(3), 3U);
}

TEST_F(Photos, StopsWhenAsked) {
  const Dataset data(class_folders(folder.path()).train);
  try {
    scan(data, {.progress = [](std::size_t) { return false; }});
    // All images may be done before the first check for a stop.
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
}

TEST(Scan, MeasuresWhatANetworkSees) {
  const std::vector<float> numbers{0, 1, 0.5, 0.5, 1, 0, 0.25, 0.75};
  const Scan found = scan(from_memory(numbers, {2, 1, 2}, ImageLayout::nchw, {}), {});
  EXPECT_THAT(found.mean, ElementsAre(0.5, 0.5));
  EXPECT_THAT(found.deviation, ElementsAre(0.5, DoubleNear(std::sqrt(0.03125), 1e-7)));
  EXPECT_THAT(found.formats, IsEmpty());
  EXPECT_EQ(count_sizes(found)->least, (SizeCounts::Size{1, 2}));

  // Grey and colour images of any size count equally. Grey ones count in each channel.
  const test::Folder folder;
  write_png(folder, "a/1.png", {1, 1, 1, {51}});
  write_png(folder, "b/1.png", {3, 2, 1, {255, 0, 102, 255, 0, 102}});
  const Dataset mixed(class_folders(folder.path()).train);
  EXPECT_THAT(scan(mixed, {}).mean,
              ElementsAre(DoubleNear(0.6, 1e-12), DoubleNear(0.1, 1e-12), DoubleNear(0.3, 1e-12)));
  const Scan fitted = scan(mixed.fitted({.height = 2, .width = 2, .channels = 1}), {});
  EXPECT_THAT(fitted.mean, SizeIs(1));
  EXPECT_EQ(fitted.images[1].height, 2);
  EXPECT_EQ(fitted.images[1].width, 1);
}

TEST(Counts, OfLabelsAndValues) {
  const std::vector<std::uint8_t> pixels(4);
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  const TargetCounts labels = count_targets(
      Dataset(images, {1, 0, 1, 1, 0, 0, 0, 0}, TargetSchema{"multi-label", {"cat", "indoors"}}));
  EXPECT_THAT(labels.images, ElementsAre(2U, 1U));
  EXPECT_EQ(labels.without, 2U);
  const TargetCounts values = count_targets(
      Dataset(images, {1, 5, 3, 5, -2, 5, 2, 5}, TargetSchema{"regress", {"x", "y"}}));
  ASSERT_THAT(values.values, SizeIs(2));
  EXPECT_EQ(values.values[0].least, -2);
  EXPECT_EQ(values.values[0].mean, 1);
  EXPECT_EQ(values.values[0].most, 3);
  EXPECT_THAT(values.images, IsEmpty());
  EXPECT_THAT(count_targets(Dataset(images)).images, IsEmpty());
}

TEST(Counts, Imbalance) {
  EXPECT_FALSE(imbalance({3}));
  EXPECT_FALSE(imbalance({0, 0}));
  const auto uneven = imbalance({4, 40, 8});
  EXPECT_EQ(uneven->largest, 1U);
  EXPECT_EQ(uneven->smallest, 0U);
  EXPECT_EQ(uneven->ratio, 10);
  EXPECT_TRUE(std::isinf(imbalance({0, 5})->ratio));
}

TEST(Findings, GroupsOnTwoSides) {
  const test::Folder folder;
  std::uint32_t seed = 0;
  for (const char* file : {"train/cat/a/1.png", "train/dog/b/1.png", "test/cat/a/2.png",
                           "test/dog/c/1.png", "test/dog/2.png"}) {
    write_png(folder, file, photo(++seed));
  }
  const SampleParts parts = class_folders(folder.path(), {.group_by_folder = true});
  const auto split = split_groups(
      {{"train", Role::train, Dataset(parts.train)}, {"test", Role::test, Dataset(parts.test)}});
  ASSERT_THAT(split, SizeIs(1));
  EXPECT_THAT(split[0].first, ElementsAre(Place{0, 0}, Place{1, 0}));
}

TEST(Findings, UnusableData) {
  EXPECT_THAT(unusable(find_problems({})), ElementsAre("there are no images"));
  const std::vector<std::uint8_t> pixels(3);
  const std::vector<std::int32_t> labels{1, 1, 1};
  std::vector<Part> parts{{"train", Role::train,
                           from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels, {"a", "b"})}};
  parts[0].scan = scan(parts[0].images, {});
  EXPECT_THAT(unusable(find_problems(parts)), ElementsAre(HasSubstr("are of one class")));
}

TEST(Findings, NumberedImagesCannotBeListed) {
  const std::vector<std::uint8_t> pixels{5, 5, 6};
  std::vector<Part> parts{
      {"train", Role::train,
       from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, std::vector<std::int32_t>{0, 0, 1})}};
  parts[0].scan = scan(parts[0].images, {});
  const Inspection found = find_problems(parts);
  const auto list = leave_out(found);
  ASSERT_THAT(list, SizeIs(1));
  const std::vector<std::filesystem::path> roots{"x"};
  EXPECT_EQ(exclude_lines(found, list, roots).without_name, 1U);
  EXPECT_EQ(exclude_lines(found, list, roots).text, "");
}

TEST_F(Photos, ASheetShowsTrainingImages) {
  const Dataset data(class_folders(folder.path()).train);
  const Dataset fitted = data.fitted({.height = 32, .width = 32});
  const Image plain = augmented_sheet(fitted, {});
  EXPECT_EQ(augmented_sheet(fitted, {.threads = 3}), plain);
  const Image flipped = augmented_sheet(fitted, {.augment = {"horizontal_flip"}});
  EXPECT_EQ(flipped.height, plain.height);
  EXPECT_NE(flipped, plain);
  EXPECT_EQ(augmented_sheet(fitted, {.augment = {"flip"}}),
            augmented_sheet(fitted, {.augment = {"flip"}}));
  EXPECT_THAT(message_of<UsageError>([&] { augmented_sheet(data, {}); }),
              HasSubstr("of several sizes"));
}

TEST(GuessSource, ByWhatIsThere) {
  const test::Folder folder;
  folder.write("classes/train/cat/1.jpg", std::string("x"));
  folder.write("classes/list.csv", std::string("x"));
  folder.write("rows/labels.csv", std::string("path,label\n"));
  folder.write("rows/train/1.jpg", std::string("x"));
  folder.write("imagenet/LOC_val_solution.csv", std::string("x"));
  folder.write("rows.TSV", std::string("x"));
  folder.write("model.safetensors", std::string("x"));
  folder.write("images/train-images-idx3-ubyte", std::string("x"));
  const auto guess = [&](const std::string& name) { return guess_source(folder / name); };
  EXPECT_EQ(guess("classes"), "folder");
  EXPECT_EQ(guess("rows"), "table");
  EXPECT_EQ(guess("rows.TSV"), "table");
  EXPECT_EQ(guess("imagenet"), "folder");
  EXPECT_EQ(guess("images"), "idx");
  EXPECT_EQ(guess("model.safetensors"), std::nullopt);
  EXPECT_EQ(guess("nothing"), std::nullopt);
}

}  // namespace
}  // namespace ridgeline::data
