// Images have the same bits with and without a cache, and none is decoded twice.
#include <gmock/gmock.h>

#include <random>

#include "cached_photos.hpp"
#include "data/cache/scales.hpp"
#include "data/error_log.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::epoch_of;
using test::Photos;
using testing::HasSubstr;
using Words = std::vector<std::string>;

struct CacheBits : testing::TestWithParam<const char*> {
  CacheOptions options(const Words& augment, std::uint64_t limit = 0) {
    return {.kind = GetParam(),
            .limit = limit,
            .folder = packs.path(),
            .augment = augment,
            .threads = 2,
            .on_note = [this](const std::string& sentence) { notes.push_back(sentence); }};
  }
  bool on_disk() const { return std::string(GetParam()) == "disk"; }
  test::Folder packs;
  std::vector<std::string> notes;
};

TEST_P(CacheBits, AreTheSameAndTheSecondTrainingDecodesNothing) {
  Photos photos;
  const std::vector<Preprocessing> fits{
      {.height = 24, .width = 20},
      {.height = 20, .width = 24, .filter = "bicubic", .crop_share = 0.8},
      {.height = 16, .width = 16, .channels = 1, .resize = "letterbox"},
      {.height = 40, .width = 40, .resize = "squash"}};
  const std::vector<Words> augments{{},
                                    {"rotation:15", "horizontal_flip"},
                                    {"resized_crop", "horizontal_flip"},
                                    {"resized_crop:min_scale=0.9,max_scale=1", "mixup:0.5"},
                                    {"resized_crop:min_scale=0.01", "flip"}};
  for (const Preprocessing& fit : fits) {
    for (const Words& augment : augments) {
      SCOPED_TRACE(testing::Message()
                   << fit.resize << fit.height << testing::PrintToString(augment));
      const Dataset plain = photos.data(fit), kept = plain.cache(options(augment));
      // The first training: with augmentation, and half of the images for validation.
      EXPECT_EQ(epoch_of(kept, augment, 0), epoch_of(plain, augment, 0));
      EXPECT_EQ(epoch_of(kept.take(4), {}, 0), epoch_of(plain.take(4), {}, 0));
      const auto second = epoch_of(plain, augment, 7), validation = epoch_of(plain, {}, 0);
      // The second one, whose validation has the other images.
      photos.source->decodes = 0;
      EXPECT_EQ(epoch_of(kept, augment, 7), second);
      EXPECT_EQ(epoch_of(kept, {}, 0), validation);
      EXPECT_EQ(photos.source->decodes, 0);
    }
  }
}

TEST_P(CacheBits, OtherSizesAreDecodedAnew) {
  Photos photos;
  const Dataset kept = photos.data().cache(options({"resized_crop"}));
  const Preprocessing large{.height = 100, .width = 100};
  EXPECT_EQ(epoch_of(Dataset(kept.source()).fitted(large), {"resized_crop"}, 0),
            epoch_of(photos.data(large), {"resized_crop"}, 0));
}

TEST_P(CacheBits, UnreadableImagesAreNamedOnceAndGoOnWithWeightZero) {
  Photos photos(20);
  photos.folder.write("dogs/420.jpg", "<html>not found</html>");
  photos.folder.write("cats/cut.jpg", test::read_bytes(photos.folder / "dogs/0420.jpg"));
  std::filesystem::resize_file(photos.folder / "cats/cut.jpg", 2000);
  photos.open();
  for (const Words& augment : {Words{}, Words{"resized_crop"}}) {
    const Dataset plain = photos.data(), kept = plain.cache(options(augment));
    std::vector<std::string> said;
    LoaderOptions loading = test::options_of(augment);
    loading.errors = std::make_shared<ErrorLog>(OnError::skip, kept.size(),
                                                [&](const auto& text) { said.push_back(text); });
    Loader loader(kept, loading);
    for (int epoch = 0; epoch < 2; ++epoch) {
      double left_out = 0;
      loader.start(epoch);
      while (const Batch* batch = loader.next()) {
        const TensorView* weights = batch->targets.find(weight_tensor);
        if (weights == nullptr) continue;
        for (const float weight : weights->values<float>()) left_out += weight == 0;
      }
      EXPECT_EQ(left_out, 2);
    }
    EXPECT_THAT(said,
                testing::UnorderedElementsAre(HasSubstr("dogs/420.jpg: "),
                                              HasSubstr("cats/cut.jpg: the JPEG file cannot")));
    loading.errors = std::make_shared<ErrorLog>(OnError::fail, kept.size());
    Loader failing(kept, loading);
    failing.start(0);
    EXPECT_THROW(while (failing.next() != nullptr){}, DataError);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, CacheBits, testing::Values("memory", "disk"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(CacheInMemory, IsSaidOnceWhenItIsFull) {
  Photos photos;
  std::vector<std::string> notes;
  const Words augment{"resized_crop"};
  const Dataset plain = photos.data();
  const Dataset kept =
      plain.cache({.limit = 150'000, .augment = augment, .on_note = [&](const auto& text) {
                     notes.push_back(text);
                   }});
  for (int epoch = 0; epoch < 2; ++epoch) {
    EXPECT_EQ(epoch_of(kept, augment, epoch), epoch_of(plain, augment, epoch));
  }
  EXPECT_THAT(notes, testing::ElementsAre(testing::AllOf(HasSubstr("in memory is full with"),
                                                         HasSubstr("data.cache_limit"))));
}

TEST(CacheKind, NoneAndUnknownOnes) {
  Photos photos;
  const Dataset data = photos.data();
  EXPECT_EQ(data.cache({.kind = "none"}).source(), data.source());
  const Dataset kept = data.cache();
  EXPECT_EQ(kept.cache().source(), kept.source());
  EXPECT_EQ(test::message_of<UsageError>([&] { data.cache({.kind = "tape"}); }),
            "data.cache is none, memory or disk, not \"tape\"");
}

// The drawn boxes are decoded at these scales only.
TEST(NeededScales, AreAllThatACropAsksFor) {
  std::mt19937 numbers(3);
  const auto draw = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(numbers);
  };
  int fewer = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const Shape original{3, draw(1, 4000), draw(1, 4000)};
    const std::int64_t size = draw(8, 300);
    const CropNeed crop{{.min_scale = 0.01 * static_cast<double>(draw(1, 100))}, {size, size}, {}};
    const std::vector<int> scales = needed_scales(original, crop);
    fewer += scales.front() > 1;
    Random random(trial, Purpose::test);
    for (int i = 0; i < 50; ++i) {
      const RealBox real = draw_resized_crop(crop.crop, original[1], original[2], random);
      const PixelBox box{static_cast<std::int64_t>(real.left), static_cast<std::int64_t>(real.top),
                         static_cast<std::int64_t>(real.width),
                         static_cast<std::int64_t>(real.height)};
      const int scale = image::shrink_of(box, {{}, size, size}, 8);
      ASSERT_THAT(scales, testing::Contains(scale)) << original.text() << ' ' << size;
    }
  }
  EXPECT_GT(fewer, 20);
}

}  // namespace
}  // namespace ridgeline::data
