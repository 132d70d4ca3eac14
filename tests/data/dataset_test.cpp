#include "ridgeline/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <numeric>
#include <set>

#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

/// `labels.size()` images of one pixel.
Dataset with_labels(const std::vector<std::int32_t>& labels) {
  const std::vector<float> pixels(labels.size(), 0.5f);
  return from_memory(pixels, {1, 1, 1}, ImageLayout::nchw, labels);
}

std::vector<std::uint64_t> ids(const Dataset& data) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < data.size(); ++i) all.push_back(data.id(i));
  return all;
}

std::vector<int> class_counts(const Dataset& data) {
  std::vector<int> counts(static_cast<std::size_t>(data.classes()));
  for (std::size_t i = 0; i < data.size(); ++i) ++counts[data.label(i)];
  return counts;
}

TEST(FromMemory, InterleavedBecomesPlanes) {
  const std::vector<std::uint8_t> pixels{0, 51, 102, 153, 204, 255};  // 1x2 pixels of 3 channels
  const std::vector<std::int32_t> labels{0};
  std::vector<float> read(6);
  from_memory(pixels, {3, 1, 2}, ImageLayout::nhwc, labels).read(0, read);
  EXPECT_THAT(read, ElementsAre(0.0f, 0.6f, 0.2f, 0.8f, 0.4f, 1.0f));
  from_memory(pixels, {3, 1, 2}, ImageLayout::nchw, labels).read(0, read);
  EXPECT_THAT(read, ElementsAre(0.0f, 0.2f, 0.4f, 0.6f, 0.8f, 1.0f));
}

TEST(FromMemory, FloatsAreTakenAsTheyAre) {
  const std::vector<float> pixels{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<std::int32_t> labels{1, 0};
  const Dataset data = from_memory(pixels, {2, 2, 1}, ImageLayout::nhwc, labels, {"a", "b"});
  std::vector<float> read(4);
  data.read(1, read);
  EXPECT_THAT(read, ElementsAre(5, 7, 6, 8));
  EXPECT_TRUE(data.bytes(1).empty());
  EXPECT_EQ(data.names()[data.label(0)], "b");
}

TEST(FromMemory, WithoutLabelsIsForPrediction) {
  const std::vector<float> pixels(6);
  const Dataset data = from_memory(pixels, {1, 1, 2}, ImageLayout::nchw, {});
  EXPECT_EQ(data.size(), 3u);
  EXPECT_FALSE(data.has_classes());
  EXPECT_EQ(data.classes(), 0);
}

TEST(FromMemory, Refuses) {
  const std::vector<float> pixels(6);
  const auto make = [&](const Shape& shape, const std::vector<std::int32_t>& labels,
                        const std::vector<std::string>& names = {}) {
    return [=] { from_memory(pixels, shape, ImageLayout::nchw, labels, names); };
  };
  EXPECT_THAT(message_of<UsageError>(make({2, 3}, {0})), HasSubstr("not 2x3"));
  EXPECT_THAT(message_of<UsageError>(make({1, 0, 3}, {0})), HasSubstr("not 1x0x3"));
  EXPECT_THAT(message_of<DataError>(make({1, 2, 2}, {0})),
              HasSubstr("not a whole number of images"));
  EXPECT_THAT(message_of<DataError>(make({1, 1, 2}, {0, 0})), HasSubstr("3 images but 2 labels"));
  EXPECT_THAT(message_of<DataError>(make({1, 1, 2}, {0, 2, 0}, {"a", "b"})),
              HasSubstr("the label of image 1 is 2: labels go from 0 to 1"));
  EXPECT_THAT(message_of<DataError>(make({1, 1, 2}, {0, 1, -1})), HasSubstr("is -1"));
}

TEST(DatasetTargets, AreRowsOfTheirWidth) {
  const std::vector<float> pixels(3);
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  const Dataset data(images, {1, 2, 3, 4, 5, 6}, 2);
  EXPECT_EQ(data.schema().task, "regress");
  EXPECT_THAT(data.names(), ElementsAre("0", "1"));
  EXPECT_FALSE(data.has_classes());
  const std::vector<std::size_t> last{2};
  EXPECT_EQ(data.subset(last).target(0), Target(std::vector<float>{5, 6}));
  EXPECT_THAT(message_of<DataError>([&] {
                Dataset(images, {1, 2, 3, 4}, 2);
              }),
              HasSubstr("3 images but 4 target values"));
  EXPECT_THROW(Dataset(images, std::vector<float>{1, 2, 3}, 0), UsageError);
}

TEST(DatasetTargets, OfEachKind) {
  const std::vector<float> pixels(2);
  const auto images = memory_images(pixels, {1, 1, 1}, ImageLayout::nchw);
  const Dataset soft(images, {0.25f, 0.75f, 1, 0}, TargetSchema{"classify", {"a", "b"}});
  EXPECT_TRUE(soft.has_classes());
  EXPECT_EQ(soft.classes(), 2);
  EXPECT_EQ(soft.label(0), 1) << "the most probable";
  EXPECT_EQ(soft.label(1), 0);
  const Dataset labels(images, {0, 1, 1, 1}, TargetSchema{"multi-label", {"a", "b"}});
  EXPECT_FALSE(labels.has_classes());
  EXPECT_EQ(labels.classes(), 0);
  EXPECT_EQ(labels.weight(1), 1);
  EXPECT_EQ(labels.group(1), -1);
  EXPECT_EQ(labels.name(1), "image 1");
  const Dataset none(images);
  EXPECT_FALSE(none.has_targets());
  EXPECT_EQ(none.target(0), Target());
}

TEST(DatasetSubset, KeepsTheIdentity) {
  const Dataset data = with_labels({0, 1, 2, 3, 4});
  const std::vector<std::size_t> some{4, 1, 3}, two{2, 0}, beyond{3};
  const Dataset part = data.subset(some);
  EXPECT_THAT(ids(part), ElementsAre(4, 1, 3));
  EXPECT_THAT(ids(part.subset(two)), ElementsAre(3, 4));
  EXPECT_EQ(part.subset(two).label(0), 3);
  EXPECT_EQ(part.classes(), 5);
  EXPECT_THAT(ids(data.take(2)), ElementsAre(0, 1));
  EXPECT_EQ(data.take(99).size(), 5u);
  EXPECT_THROW(part.subset(beyond), UsageError);
  EXPECT_TRUE(Dataset().empty());
  EXPECT_EQ(Dataset().take(3).size(), 0u);
}

/// 17 of class 0, 9 of class 1, 3 of class 2, 1 of class 3, mixed.
std::vector<std::int32_t> uneven_labels() {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 17; ++i) {
    labels.push_back(0);
    if (i < 9) labels.push_back(1);
    if (i % 6 == 0) labels.push_back(2);
    if (i == 5) labels.push_back(3);
  }
  return labels;
}

TEST(StratifiedSplit, EveryClassToWithinOneImage) {
  const Dataset data = with_labels(uneven_labels());
  const std::vector<int> all = class_counts(data);
  for (double fraction : {0.001, 0.1, 0.29, 0.5, 0.75, 0.999}) {
    const auto [train, validation] = stratified_split(data, fraction, 1);
    const double expected = std::clamp(std::round(30 * fraction), 1.0, 29.0);
    EXPECT_EQ(validation.size(), expected) << fraction;
    const std::vector<int> counts = class_counts(validation);
    for (std::size_t c = 0; c < all.size(); ++c) {
      EXPECT_LT(std::abs(counts[c] - all[c] * fraction), 1) << "class " << c << ", " << fraction;
    }
    std::set<std::uint64_t> seen;
    for (const Dataset* part : {&train, &validation}) {
      for (std::uint64_t id : ids(*part)) EXPECT_TRUE(seen.insert(id).second);
    }
    EXPECT_EQ(seen.size(), data.size());
  }
}

TEST(StratifiedSplit, DependsOnTheSeedAlone) {
  const Dataset data = with_labels(uneven_labels());
  EXPECT_EQ(ids(stratified_split(data, 0.5, 1).train), ids(stratified_split(data, 0.5, 1).train));
  EXPECT_NE(ids(stratified_split(data, 0.5, 1).train), ids(stratified_split(data, 0.5, 2).train));
}

TEST(StratifiedSplit, WithoutClassesIsPlain) {
  const std::vector<float> pixels(10);
  const Dataset data(memory_images(pixels, {1, 1, 1}, ImageLayout::nchw), pixels, 1);
  EXPECT_EQ(stratified_split(data, 0.3, 1).validation.size(), 3u);
  EXPECT_EQ(stratified_folds(data, 4, 1)[0].validation.size(), 3u);
}

TEST(StratifiedSplit, Refuses) {
  const Dataset data = with_labels({0, 1});
  for (double fraction : {0.0, 1.0, -0.1, 2.0, std::nan("")}) {
    EXPECT_THROW(stratified_split(data, fraction, 1), UsageError) << fraction;
  }
  EXPECT_THROW(stratified_split(data.take(1), 0.5, 1), UsageError);
}

TEST(StratifiedFolds, CoverEveryImageOnceAndEveryClassEvenly) {
  const Dataset data = with_labels(uneven_labels());
  const std::vector<int> all = class_counts(data);
  for (int folds : {2, 3, 7, 30}) {
    std::set<std::uint64_t> seen;
    for (const Split& split : stratified_folds(data, folds, 5)) {
      EXPECT_EQ(split.train.size() + split.validation.size(), data.size());
      EXPECT_LE(std::abs(static_cast<double>(split.validation.size()) - 30.0 / folds), 1);
      const std::vector<int> counts = class_counts(split.validation);
      for (std::size_t c = 0; c < all.size(); ++c) {
        EXPECT_LT(std::abs(counts[c] - all[c] / static_cast<double>(folds)), 1);
      }
      for (std::uint64_t id : ids(split.validation)) {
        EXPECT_TRUE(seen.insert(id).second);
        EXPECT_THAT(ids(split.train), testing::Not(testing::Contains(id)));
      }
    }
    EXPECT_EQ(seen.size(), data.size());
  }
  EXPECT_NE(ids(stratified_folds(data, 3, 1)[0].validation),
            ids(stratified_folds(data, 3, 2)[0].validation));
}

TEST(StratifiedFolds, Refuses) {
  const Dataset data = with_labels({0, 1, 0});
  EXPECT_THROW(stratified_folds(data, 1, 1), UsageError);
  EXPECT_THAT(message_of<UsageError>([&] { stratified_folds(data, 4, 1); }),
              HasSubstr("a fold would be empty; use at most 3"));
}

/// Sets environment variables for one test.
struct Sources : testing::Test {
  Sources() {
    for (const char* name : {"RIDGELINE_DATA", "XDG_CACHE_HOME", "HOME"}) {
      const char* value = std::getenv(name);
      before[name] = value == nullptr ? "" : value;
      setenv(name, (folder / std::string("none-") += name).c_str(), 1);
    }
  }
  ~Sources() override {
    for (const auto& [name, value] : before) {
      value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    }
  }
  test::Folder folder;
  std::map<std::string, std::string> before;
};

TEST_F(Sources, UnknownNameListsTheKnownOnes) {
  EXPECT_THAT(message_of<UsageError>([] { load("cifar11"); }),
              HasSubstr("no data source \"cifar11\": the known ones are folder, table, cifar10, "));
}

TEST_F(Sources, NotFoundListsThePlacesAndTheWayToGetIt) {
  const std::string message = message_of<ResourceError>([] { cifar100(); });
  for (const char* name : {"RIDGELINE_DATA", "XDG_CACHE_HOME", "HOME"}) {
    EXPECT_THAT(message, HasSubstr((folder / "none-").string() + name));
  }
  EXPECT_THAT(message, HasSubstr("cifar-100-binary or cifar100"));
  EXPECT_THAT(message, HasSubstr("run `ridgeline data get cifar100`"));
  EXPECT_THAT(message_of<UsageError>([] { load("idx"); }), HasSubstr("needs a path"));
}

TEST_F(Sources, FirstPlaceWins) {
  const auto put = [&](const std::string& place, int images) {
    folder.write(place + "/train.bin", test::Bytes(static_cast<std::size_t>(images) * 3074));
    folder.write(place + "/test.bin", test::Bytes(3074));
  };
  put("none-HOME/.keras/datasets/cifar100", 1);
  EXPECT_EQ(cifar100().train.size(), 1u);
  put("none-XDG_CACHE_HOME/ridgeline/cifar-100-binary", 2);
  EXPECT_EQ(cifar100().train.size(), 2u);
  put("none-RIDGELINE_DATA/cifar100", 3);
  EXPECT_EQ(cifar100().train.size(), 3u);
  put("given", 4);
  EXPECT_EQ(cifar100(folder / "given").train.size(), 4u);
}

TEST_F(Sources, AnApplicationsOwn) {
  folder.write("mine.txt", "x");
  register_source({.name = "mine",
                   .title = "My data",
                   .markers = {"mine.txt"},
                   .how_to_get = "make it",
                   .open = [](const std::filesystem::path&) {
                     return TrainTest{with_labels({0, 1}), {}};
                   }});
  EXPECT_EQ(load("mine", folder.path()).train.size(), 2u);
  EXPECT_THAT(source_names(), testing::Contains("mine"));
  EXPECT_THROW(register_source({.name = "unmarked"}), UsageError);
}

}  // namespace
}  // namespace ridgeline
