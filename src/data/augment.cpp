#include "data/augment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "data/augmentations/augmentations.hpp"
#include "data/number_augmentations.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

/// An augmentation of numbers: it has `change`, or `draw` and `blend` if it mixes images.
struct Entry {
  NumberAugmentation declared;
  std::string_view fits = {};  // "must be smaller than", for a message
  bool (*too_large)(double number, double side) = nullptr;
  void (*change)(double number, const Changing& image, Random& random) = nullptr;
  void (*draw)(double number, const Shape& shape, Random& random, Mix& mix) = nullptr;
  void (*blend)(const Mix& mix, const Changing& image, std::span<const float> other) = nullptr;
};

// In the order of Augmentation::Kind. Its last two kinds are not in this table.
const std::array<Entry, 8>& table() {
  constexpr Limits pixels{.least = 1, .most = 1 << 24};
  const auto alpha = [] { return Option{"alpha", "an alpha above 0", 0.0, limits::positive}; };
  static const std::array<Entry, 8> entries{
      {{.declared = {{"flip", "left and right exchanged, in half of the images"}}, .change = flip},
       {.declared = {{"crop",
                      "shifted by up to so many pixels each way",
                      {{"n", "a whole number of pixels of at least 1", std::int64_t{0}, pixels}}},
                     "crop:4"},
        .fits = "must be smaller than",
        .too_large = [](double number, double side) { return number >= side; },
        .change = crop},
       {.declared = {{"cutout",
                      "a square of zeros, its centre anywhere",
                      {{"size", "a whole number of pixels of at least 1", std::int64_t{0},
                        pixels}}},
                     "cutout:8"},
        .fits = "must not be larger than",
        .too_large = [](double number, double side) { return number > side; },
        .change = cutout},
       {.declared = {{"noise",
                      "Gaussian noise added to each number",
                      {{"deviation", "a deviation of at least 0", 0.0, limits::not_negative}}},
                     "noise:0.05"},
        .change = noise},
       {.declared = {{"mixup", "mixed with another image, number by number", {alpha()}},
                     "mixup:0.2"},
        .draw = draw_mixup,
        .blend = blend_mixup},
       {.declared = {{"cutmix", "a box of another image", {alpha()}}, "cutmix:1"},
        .draw = draw_cutmix,
        .blend = blend_cutmix},
       {},
       {}}};
  return entries;
}

const Entry& entry_of(const Augmentation& augmentation) {
  return table()[static_cast<std::size_t>(augmentation.kind)];
}

bool mixes_images(const Augmentation& augmentation) {
  return entry_of(augmentation).draw != nullptr;
}

}  // namespace

std::vector<NumberAugmentation> number_augmentations() {
  std::vector<NumberAugmentation> all;
  for (std::size_t k = 0; k < table().size(); ++k) {
    if (table()[k].declared.kind.name.empty()) continue;
    all.push_back(table()[k].declared);
    all.back().make = [kind = static_cast<Augmentation::Kind>(k)](double number) {
      return Augmentation{kind, number};
    };
  }
  return all;
}

std::vector<Augmentation> parse_augmentations(std::span<const std::string> texts) {
  std::vector<Augmentation> all;
  for (const std::string& text : texts) {
    all.push_back(parse_augmentation(text));
    if (!all.back().picture || all.size() < 2 || all[all.size() - 2].picture) continue;
    throw UsageError(fmt::format(
        "the augmentation \"{}\" changes images of bytes, and \"{}\" before it changes their "
        "numbers: put it first",
        text, texts[all.size() - 2]));
  }
  return all;
}

PicturePipeline::Steps picture_steps(std::span<const Augmentation> augmentations) {
  PicturePipeline::Steps steps;
  for (const Augmentation& augmentation : augmentations) {
    if (augmentation.picture) steps.push_back(augmentation.picture);
  }
  return steps;
}

void check_fits(std::span<const Augmentation> augmentations, const Shape& shape) {
  const auto side = static_cast<double>(std::min(shape[1], shape[2]));
  for (const Augmentation& augmentation : augmentations) {
    const Entry& entry = entry_of(augmentation);
    if (!entry.too_large || !entry.too_large(augmentation.number, side)) continue;
    throw UsageError(fmt::format("augmentation \"{}:{}\" {} the images of {}",
                                 entry.declared.kind.name, augmentation.number, entry.fits,
                                 shape.text()));
  }
}

bool mixes(std::span<const Augmentation> augmentations) {
  return std::ranges::any_of(augmentations, mixes_images);
}

Mix draw_mix(std::span<const Augmentation> augmentations, const Shape& shape, std::size_t images,
             Random& random) {
  std::vector<std::size_t> mixing;
  for (std::size_t k = 0; k < augmentations.size(); ++k) {
    if (mixes_images(augmentations[k])) mixing.push_back(k);
  }
  Mix mix;
  mix.which = mixing[random.below(mixing.size())];
  mix.other = random.below(images);
  const Augmentation& augmentation = augmentations[mix.which];
  entry_of(augmentation).draw(augmentation.number, shape, random, mix);
  return mix;
}

void augment(std::span<const Augmentation> augmentations, const Shape& shape,
             const std::optional<Mix>& mix, const ReadImage& read, Random& random,
             std::span<float> pixels, Scratch& scratch) {
  const auto change = [&](const Augmentation& augmentation, std::span<float> image) {
    const Entry& entry = entry_of(augmentation);
    if (augmentation.own) {
      ImageRandom numbers(random);
      (*augmentation.own)({shape, image, scratch.moved}, numbers);
    }
    if (entry.change) entry.change(augmentation.number, {shape, image, scratch.moved}, random);
  };
  for (std::size_t k = 0; k < augmentations.size(); ++k) {
    change(augmentations[k], pixels);
    if (!mix || mix->which != k) continue;
    read(mix->other, scratch.other);
    for (const Augmentation& before : augmentations.first(k)) change(before, scratch.other);
    entry_of(augmentations[k]).blend(*mix, {shape, pixels, scratch.moved}, scratch.other);
  }
}

}  // namespace ridgeline::data
