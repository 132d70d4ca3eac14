// Properties of all random changes of pictures.

#include "data/pictures/pictures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <thread>

#include "data/pictures/table.hpp"
#include "image/warp.hpp"
#include "support/noise_image.hpp"

namespace ridgeline::data {
namespace {

/// With its defaults, but applied to every image, and with a smooth filter if there is a choice.
ChangePicture always(const PictureKind& kind, const std::string& filter = "bilinear") {
  Attributes options;
  for (const Option& option : kind.options) {
    if (option.name == "probability") options.set("probability", 1.0);
    if (option.name == "filter") options.set("filter", filter);
  }
  return kind.make(options);
}

/// The result for one image in one epoch.
std::optional<Transform> apply(const ChangePicture& change, std::uint64_t seed, std::uint64_t epoch,
                               std::uint64_t id, Image& image, PictureScratch& scratch) {
  Random random(seed, Purpose::augment, epoch, id);
  return change(image, {seed, epoch, id, random}, scratch);
}

/// A grey spot around the centre of a pixel.
Image spot_at(std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t row,
              std::int64_t column) {
  Image image{channels, height, width,
              std::vector<std::uint8_t>(static_cast<std::size_t>(channels * height * width))};
  for (std::int64_t y = row - 2; y <= row + 2; ++y) {
    for (std::int64_t x = column - 2; x <= column + 2; ++x) {
      for (std::int64_t c = 0; c < channels; ++c) {
        image.pixels[static_cast<std::size_t>((y * width + x) * channels + c)] = 170;
      }
    }
  }
  return image;
}

/// The centre of the pixels that differ from the most common level.
std::optional<Point> find_spot(const Image& image) {
  std::array<int, 256> counts{};
  const auto step = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.pixels.size(); i += step) ++counts[image.pixels[i]];
  const auto ground =
      static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  double sum = 0, x = 0, y = 0;
  for (std::int64_t r = 0; r < image.height; ++r) {
    for (std::int64_t c = 0; c < image.width; ++c) {
      const int level = image.pixels[static_cast<std::size_t>(r * image.width + c) * step];
      const double weight = std::abs(level - ground);
      if (weight <= 8) continue;
      sum += weight;
      x += weight * (static_cast<double>(c) + 0.5);
      y += weight * (static_cast<double>(r) + 0.5);
    }
  }
  if (sum == 0) return std::nullopt;
  return Point{x / sum, y / sum};
}

TEST(Pictures, ASpotIsWhereTheTransformSays) {
  PictureScratch scratch;
  for (const PictureKind& kind : picture_kinds()) {
    if (!kind.geometric) continue;
    SCOPED_TRACE(kind.name);
    const ChangePicture change = always(kind);
    int inside = 0, found = 0, moved = 0;
    for (std::uint64_t id = 0; id < 400; ++id) {
      Random place(3, Purpose::test, id);
      const auto draw = [&](std::int64_t least, std::int64_t end) {
        return least +
               static_cast<std::int64_t>(place.below(static_cast<std::uint64_t>(end - least)));
      };
      const std::int64_t height = draw(40, 90), width = draw(40, 90);
      const std::int64_t row = draw(2, height - 2), column = draw(2, width - 2);
      Image image = spot_at(id % 2 == 0 ? 1 : 3, height, width, row, column);
      const auto transform = apply(change, 1, id % 7, id, image, scratch);
      const Point from{static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5};
      const Point to = transform ? (*transform)(from) : from;
      moved += transform ? 1 : 0;
      // The whole spot is visible.
      constexpr double margin = 7;
      if (to.x < margin || to.y < margin || to.x > static_cast<double>(width) - margin ||
          to.y > static_cast<double>(height) - margin) {
        continue;
      }
      ++inside;
      const auto spot = find_spot(image);
      if (!spot) continue;  // too dark, or too small
      ++found;
      EXPECT_NEAR(spot->x, to.x, 1) << id;
      EXPECT_NEAR(spot->y, to.y, 1) << id;
    }
    EXPECT_GT(inside, 60);
    EXPECT_GT(found, 0.8 * inside);
    EXPECT_GT(moved, 120);
  }
}

TEST(Pictures, AMaskThatIsWarpedIsTheChangedMask) {
  PictureScratch scratch;
  for (const PictureKind& kind : picture_kinds()) {
    if (!kind.geometric || kind.name == "rand_augment" || kind.name == "trivial_augment_wide") {
      continue;
    }
    SCOPED_TRACE(kind.name);
    const ChangePicture change = always(kind, "nearest");
    std::size_t equal = 0, all = 0;
    for (std::uint64_t id = 0; id < 50; ++id) {
      const Image mask = test::noise_image(static_cast<std::uint32_t>(id), 1, 31, 44);
      Image changed = mask, warped = mask;
      if (const auto transform = apply(change, 2, 0, id, changed, scratch)) {
        image::warp(mask, *transform, Filter::nearest, {}, warped, scratch.warp);
      }
      ASSERT_EQ(changed.pixels.size(), warped.pixels.size());
      for (std::size_t i = 0; i < changed.pixels.size(); ++i) {
        equal += changed.pixels[i] == warped.pixels[i] ? 1 : 0;
        ++all;
      }
    }
    // A centre between two pixels can be rounded either way when the image is resized.
    const bool resizes = kind.name == "scale_jitter" || kind.name == "zoom_out";
    EXPECT_GE(static_cast<double>(equal), (resizes ? 0.99 : 1.0) * static_cast<double>(all));
  }
}

TEST(Pictures, DependOnSeedEpochAndIdentityAlone) {
  constexpr std::size_t images = 24;
  const auto picture = [](std::size_t id) {
    return test::noise_image(static_cast<std::uint32_t>(id), 3,
                             20 + static_cast<std::int64_t>(id % 5), 31);
  };
  for (const PictureKind& kind : picture_kinds()) {
    SCOPED_TRACE(kind.name);
    const ChangePicture change = kind.make({});
    std::vector<Image> alone(images), other_epoch(images), shared(images);
    std::vector<std::optional<Transform>> transforms(images), shared_transforms(images);
    for (std::size_t id = 0; id < images; ++id) {
      PictureScratch scratch;
      alone[id] = other_epoch[id] = picture(id);
      transforms[id] = apply(change, 5, 3, id, alone[id], scratch);
      apply(change, 5, 4, id, other_epoch[id], scratch);
    }
    // Each thread uses scratch memory that other images have used.
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        PictureScratch scratch;
        for (std::size_t i = t; i < images; i += 3) {
          const std::size_t id = images - 1 - i;
          shared[id] = picture(id);
          shared_transforms[id] = apply(change, 5, 3, id, shared[id], scratch);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(alone, shared);
    EXPECT_EQ(transforms, shared_transforms);
    EXPECT_NE(alone, other_epoch);
  }
}

TEST(Pictures, EverySizeKeepsItsSize) {
  PictureScratch scratch;
  for (const PictureKind& kind : picture_kinds()) {
    SCOPED_TRACE(kind.name);
    const ChangePicture change = always(kind);
    for (const std::int64_t channels : {1, 3}) {
      for (const auto& [height, width] :
           {std::pair{1, 1}, {1, 2}, {1, 17}, {17, 1}, {2, 2}, {3, 3}, {17, 23}}) {
        for (std::uint64_t id = 0; id < 40; ++id) {
          Image image = test::noise_image(6, channels, height, width);
          const auto transform = apply(change, 7, id, id, image, scratch);
          ASSERT_EQ(image.channels, channels);
          ASSERT_EQ(image.height, height);
          ASSERT_EQ(image.width, width);
          ASSERT_EQ(image.pixels.size(), static_cast<std::size_t>(channels * height * width));
          if (!transform) continue;
          EXPECT_TRUE(kind.geometric);
          EXPECT_EQ(transform->height, height);
          EXPECT_EQ(transform->width, width);
          for (const double number : transform->matrix) ASSERT_TRUE(std::isfinite(number));
        }
      }
    }
  }
}

}  // namespace
}  // namespace ridgeline::data
