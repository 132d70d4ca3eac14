// Test images that training has seen.
#include "select/overlap.hpp"

#include "data/wrapper.hpp"
#include "select/support.hpp"
#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

using test::expect_error;

/// Images that are files of these names, with groups.
class Files final : public data::WrappedSource {
 public:
  Files(std::shared_ptr<const SampleSource> source, std::vector<std::string> names,
        std::vector<std::int64_t> groups)
      : WrappedSource(std::move(source)), names_(std::move(names)), groups_(std::move(groups)) {}
  std::string name(std::size_t i) const override { return names_[i]; }
  std::optional<std::uint64_t> stamp(std::size_t) const override { return 1; }
  bool grouped() const override { return !groups_.empty(); }
  std::int64_t group(std::size_t i) const override { return groups_[i]; }

 private:
  std::vector<std::string> names_;
  std::vector<std::int64_t> groups_;
};

Dataset files(std::vector<std::string> names, std::vector<std::int64_t> groups = {}) {
  const Dataset plain = ridgeline::test::pictures(static_cast<int>(names.size()));
  return Dataset(
      std::make_shared<const Files>(plain.source(), std::move(names), std::move(groups)));
}

TEST(TestImages, ThatAreTheSameFilesAreRefusedInAnySpelling) {
  const std::string here = std::filesystem::current_path().string();
  const Dataset train = files({here + "/photos/cat/1.jpg", here + "/photos/cat/2.jpg"});
  for (const char* same :
       {"photos/cat/2.jpg", "./photos/cat/2.jpg", "photos/dog/../cat/2.jpg", "photos//cat/2.jpg"}) {
    expect_error<UsageError>(
        [&] {
          refuse_test_images(train, files({"photos/cat/3.jpg", same}));
        },
        "photos/cat/2.jpg is a test image and a training image");
  }
  EXPECT_NO_THROW(refuse_test_images(train, files({"photos/cat/3.jpg", "other/cat/2.jpg"})));
  EXPECT_NO_THROW(refuse_test_images(train, {}));
}

TEST(TestImages, WithoutNamesAreNotJudgedByThem) {
  // "image 0" is in both sets.
  EXPECT_NO_THROW(
      refuse_test_images(ridgeline::test::pictures(6), ridgeline::test::pictures(6, 1)));
  const Dataset images = ridgeline::test::pictures(6);
  const std::vector<std::size_t> first{0, 1, 2}, last{2, 3};
  expect_error<UsageError>([&] { refuse_test_images(images.subset(first), images.subset(last)); },
                           "image 2 is a test image and a training image");
}

TEST(TestImages, CopiesInMemoryAreCounted) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(40);
  for (int i = 0; i < 40; ++i) pixels.push_back(static_cast<std::uint8_t>(i / 4));
  const auto images = [&](std::size_t from, std::size_t count) {
    return from_memory(std::span(pixels).subspan(4 * from, 4 * count), {1, 2, 2}, ImageLayout::nchw,
                       std::vector<std::int32_t>(count));
  };
  EXPECT_EQ(count_copies(images(0, 6), images(4, 6)), 2U);
  EXPECT_EQ(count_copies(images(0, 5), images(5, 5)), 0U);
  EXPECT_EQ(count_copies(images(0, 5), {}), 0U);
  EXPECT_EQ(count_copies(files({"a", "b"}), files({"a", "b"})), 0U) << "floats have no bytes";
}

TEST(TestImages, OfGroupsOfTrainingAreCounted) {
  const Dataset train = files({"a", "b", "c"}, {4, -1, 7});
  EXPECT_EQ(count_in_groups(train, files({"d", "e", "f", "g"}, {4, -1, 5, 4})), 2U);
  EXPECT_EQ(count_in_groups(train, files({"d"})), 0U);
}

}  // namespace
}  // namespace ridgeline::selection
