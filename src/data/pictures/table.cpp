#include "data/pictures/table.hpp"

#include <fmt/format.h>

#include "data/pictures/fields.hpp"
#include "data/sampling.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {

template <>
void check_together(const BlurOptions& options) {
  if (options.size % 2 == 0) {
    throw UsageError(
        fmt::format("size of the augmentation blur must be odd, not {}", options.size));
  }
}

template <>
void check_together(const RandAugmentOptions& options) {
  if (options.magnitude >= options.bins) {
    throw UsageError(fmt::format(
        "magnitude of the augmentation rand_augment must be below bins, which is {}, not {}",
        options.bins, options.magnitude));
  }
}

namespace {

constexpr Limits within(double least, double most) {
  return {.least = least, .most = most};
}

/// A function of options, image, random numbers and scratch.
template <typename Options>
using Apply = std::optional<Transform> (*)(const Options&, Image&, Random&, PictureScratch&);

template <typename Options>
PictureKind kind(std::string name, std::string meaning, bool geometric,
                 std::vector<PictureField<Options>> fields, Apply<Options> apply) {
  return picture_kind<Options>(
      {std::move(name), std::move(meaning)}, geometric, std::move(fields),
      [apply](const Options& options, Image& image, const PictureDraw& draw,
              PictureScratch& scratch) { return apply(options, image, draw.random, scratch); });
}

template <typename Options>
PictureField<Options> probability() {
  return {"probability", "how often an image is changed", &Options::probability, within(0, 1)};
}
template <typename Options>
PictureField<Options> filter() {
  return {"filter", R"("nearest" or "bilinear")", &Options::filter};
}
template <typename Options>
PictureField<Options> fill() {
  return {"fill", "the colour of the area that becomes free: one level or three, 0 to 255",
          &Options::fill};
}

struct NoOptions {};

std::vector<PictureKind> geometric_kinds() {
  return {
      kind<FlipOptions>("horizontal_flip", "left and right exchanged", true,
                        {probability<FlipOptions>()}, horizontal_flip),
      kind<FlipOptions>("vertical_flip", "top and bottom exchanged", true,
                        {probability<FlipOptions>()}, vertical_flip),
      picture_kind<NoOptions>(
          {"alternating_flip", "left and right exchanged in every other epoch"}, true, {},
          [](const NoOptions&, Image& image, const PictureDraw& draw, PictureScratch&) {
            // A repeated draw of an image in one epoch counts as the next epoch.
            return alternating_flip(draw.seed, image_of(draw.id), draw.epoch + repeat_of(draw.id),
                                    image);
          }),
      kind<ShiftedCropOptions>(
          "shifted_crop", "padded, and a random part of the old size", true,
          {{"pixels", "the padding on each side", &ShiftedCropOptions::pixels, within(0, 1 << 20)},
           {"border", R"("fill" or "reflect")", &ShiftedCropOptions::border},
           fill<ShiftedCropOptions>()},
          shifted_crop),
      kind<RotationOptions>(
          "rotation", "turned around the centre", true,
          {{"degrees", "the most, each way", &RotationOptions::degrees, within(0, 180)},
           filter<RotationOptions>(),
           fill<RotationOptions>()},
          rotation),
      kind<AffineOptions>(
          "affine", "turned, moved, scaled and sheared around the centre", true,
          {{"degrees", "the most, each way", &AffineOptions::degrees, within(0, 180)},
           {"translate_x", "parts of the width", &AffineOptions::translate_x, within(0, 1)},
           {"translate_y", "parts of the height", &AffineOptions::translate_y, within(0, 1)},
           {"min_scale", "the least factor", &AffineOptions::min_scale, within(0.01, 100)},
           {"max_scale", "the greatest factor", &AffineOptions::max_scale, within(0.01, 100)},
           {"shear_x", "degrees, each way", &AffineOptions::shear_x, within(0, 89)},
           {"shear_y", "degrees, each way", &AffineOptions::shear_y, within(0, 89)},
           filter<AffineOptions>(),
           fill<AffineOptions>()},
          affine),
      kind<PerspectiveOptions>("perspective", "each corner moved inwards", true,
                               {{"distortion", "the most, in parts of half the image",
                                 &PerspectiveOptions::distortion, within(0, 1)},
                                probability<PerspectiveOptions>(),
                                filter<PerspectiveOptions>(),
                                fill<PerspectiveOptions>()},
                               perspective),
      kind<ScaleJitterOptions>(
          "scale_jitter", "resized, then a random part or a random place", true,
          {{"min_scale", "the least factor", &ScaleJitterOptions::min_scale, within(0.01, 100)},
           {"max_scale", "the greatest factor", &ScaleJitterOptions::max_scale, within(0.01, 100)},
           filter<ScaleJitterOptions>(),
           fill<ScaleJitterOptions>()},
          scale_jitter),
      kind<ZoomOutOptions>("zoom_out", "on a larger canvas, resized to the old size", true,
                           {probability<ZoomOutOptions>(),
                            {"max_side", "the canvas, in sides of the image",
                             &ZoomOutOptions::max_side, within(1, 100)},
                            filter<ZoomOutOptions>(),
                            fill<ZoomOutOptions>()},
                           zoom_out),
  };
}

std::vector<PictureKind> colour_kinds() {
  return {
      kind<ColourJitterOptions>(
          "colour_jitter", "brightness, contrast, saturation and hue, in a random order", false,
          {{"brightness", "the factor is from 1 - it to 1 + it", &ColourJitterOptions::brightness,
            within(0, 100)},
           {"contrast", "the same", &ColourJitterOptions::contrast, within(0, 100)},
           {"saturation", "the same", &ColourJitterOptions::saturation, within(0, 100)},
           {"hue", "parts of the circle of colours, each way", &ColourJitterOptions::hue,
            within(0, 0.5)}},
          colour_jitter),
      kind<GreyOptions>("random_grey", "three equal channels", false, {probability<GreyOptions>()},
                        random_grey),
      kind<BlurOptions>(
          "blur", "a Gaussian blur", false,
          {{"size", "of the window: odd", &BlurOptions::size, within(1, 199)},
           {"min_sigma", "the least, in pixels", &BlurOptions::min_sigma, within(0.01, 100)},
           {"max_sigma", "the greatest", &BlurOptions::max_sigma, within(0.01, 100)},
           probability<BlurOptions>()},
          blur),
      kind<CutoutOptions>(
          "colour_cutout", "a square of one colour, cut off at the border", false,
          {{"size", "pixels", &CutoutOptions::size, within(0, 1 << 20)}, fill<CutoutOptions>()},
          cutout),
      kind<ErasingOptions>(
          "random_erasing", "a box of one colour inside of the image", false,
          {probability<ErasingOptions>(),
           {"min_scale", "the least part of the area", &ErasingOptions::min_scale, within(0, 1)},
           {"max_scale", "the greatest", &ErasingOptions::max_scale, within(0, 1)},
           {"min_ratio", "the least width / height", &ErasingOptions::min_ratio, within(0.01, 100)},
           {"max_ratio", "the greatest", &ErasingOptions::max_ratio, within(0.01, 100)},
           {"noise", "random bytes in place of the colour", &ErasingOptions::noise},
           fill<ErasingOptions>()},
          random_erasing),
  };
}

std::vector<PictureKind> automatic_kinds() {
  return {
      kind<RandAugmentOptions>(
          "rand_augment", "random changes out of 14, all of one strength", true,
          {{"operations", "how many", &RandAugmentOptions::operations, within(0, 100)},
           {"magnitude", "from 0 to bins - 1", &RandAugmentOptions::magnitude, within(0, 999)},
           {"bins", "how many strengths there are", &RandAugmentOptions::bins, within(1, 1000)},
           filter<RandAugmentOptions>(),
           fill<RandAugmentOptions>()},
          rand_augment),
      kind<TrivialAugmentOptions>(
          "trivial_augment_wide", "one random change out of 14, of a random strength", true,
          {{"bins", "how many strengths there are", &TrivialAugmentOptions::bins, within(1, 1000)},
           filter<TrivialAugmentOptions>(),
           fill<TrivialAugmentOptions>()},
          trivial_augment_wide),
  };
}

}  // namespace

const std::vector<PictureKind>& picture_kinds() {
  static const std::vector<PictureKind> all = [] {
    std::vector<PictureKind> kinds = geometric_kinds();
    for (auto more : {colour_kinds, automatic_kinds}) {
      for (PictureKind& one : more()) kinds.push_back(std::move(one));
    }
    return kinds;
  }();
  return all;
}

ChangePicture make_picture_change(std::string_view name, const Attributes& given) {
  std::vector<std::string_view> names;
  for (const PictureKind& one : picture_kinds()) {
    if (one.name == name) return one.make(given);
    names.push_back(one.name);
  }
  throw UsageError(fmt::format("there is no augmentation '{}': {}", name, suggestion(name, names)));
}

}  // namespace ridgeline::data
