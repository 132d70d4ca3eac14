#include "data/augment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "data/augmentations/augmentations.hpp"
#include "data/own_augmentations.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

/// What an augmentation is called, which number it takes, and what it does: `change`, or `draw` and
/// `blend` where it mixes.
struct Entry {
  std::string_view name;
  std::string_view form;    // as the list of known ones shows it
  std::string_view number;  // in words, with an example; empty: it takes none
  bool (*in_range)(double number) = nullptr;
  std::string_view fits;  // what must be so of its number and an image's smaller side
  bool (*too_large)(double number, double side) = nullptr;
  void (*change)(double number, const Changing& image, Random& random) = nullptr;
  void (*draw)(double number, const Shape& shape, Random& random, Mix& mix) = nullptr;
  void (*blend)(const Mix& mix, const Changing& image, std::span<const float> other) = nullptr;
};

constexpr double most_pixels = 1 << 24;

bool pixels(double number) {
  return number >= 1 && number <= most_pixels && number == std::floor(number);
}
bool not_negative(double number) {
  return number >= 0;
}
bool above_zero(double number) {
  return number > 0;
}

// In the order of Augmentation::Kind, whose last two are not found by name here.
constexpr std::array<Entry, 8> table{{
    {.name = "flip", .form = "flip", .number = "", .fits = "", .change = flip},
    {.name = "crop",
     .form = "crop:N",
     .number = "a whole number of pixels of at least 1, as in \"crop:4\"",
     .in_range = pixels,
     .fits = "must be smaller than",
     .too_large = [](double number, double side) { return number >= side; },
     .change = crop},
    {.name = "cutout",
     .form = "cutout:SIZE",
     .number = "a whole number of pixels of at least 1, as in \"cutout:8\"",
     .in_range = pixels,
     .fits = "must not be larger than",
     .too_large = [](double number, double side) { return number > side; },
     .change = cutout},
    {.name = "noise",
     .form = "noise:DEVIATION",
     .number = "a deviation of at least 0, as in \"noise:0.05\"",
     .in_range = not_negative,
     .fits = "",
     .change = noise},
    {.name = "mixup",
     .form = "mixup:ALPHA",
     .number = "an alpha above 0, as in \"mixup:0.2\"",
     .in_range = above_zero,
     .fits = "",
     .draw = draw_mixup,
     .blend = blend_mixup},
    {.name = "cutmix",
     .form = "cutmix:ALPHA",
     .number = "an alpha above 0, as in \"cutmix:1\"",
     .in_range = above_zero,
     .fits = "",
     .draw = draw_cutmix,
     .blend = blend_cutmix},
    {.name = "", .form = "", .number = "", .fits = ""},
    {.name = "", .form = "", .number = "", .fits = ""},
}};

const Entry& entry_of(const Augmentation& augmentation) {
  return table[static_cast<std::size_t>(augmentation.kind)];
}

bool mixes_images(const Augmentation& augmentation) {
  return entry_of(augmentation).draw != nullptr;
}

std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

}  // namespace

Augmentation parse_augmentation(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (auto own = own_augmentation(text)) return {Augmentation::Kind::own, 0, std::move(own)};
  for (std::size_t k = 0; k < table.size(); ++k) {
    const Entry& entry = table[k];
    // A number is looked for where one is wanted, and only there.
    if (entry.name.empty() || entry.name != name) continue;
    const auto kind = static_cast<Augmentation::Kind>(k);
    const bool has_number = colon != std::string_view::npos;
    if (entry.number.empty() && !has_number) return {kind};
    if (entry.number.empty()) continue;
    const auto number = has_number ? read_number(text.substr(colon + 1)) : std::nullopt;
    if (number && entry.in_range(*number)) return {kind, *number};
    throw UsageError(fmt::format("augmentation \"{}\": {} wants {}", text, name, entry.number));
  }
  if (auto step = picture_step(text)) {
    return {Augmentation::Kind::picture, 0, {}, std::move(step)};
  }
  std::vector<std::string> known;
  for (const Entry& entry : table) {
    if (!entry.form.empty()) known.push_back(fmt::format("\"{}\"", entry.form));
  }
  for (const std::string& form : picture_forms()) known.push_back(fmt::format("\"{}\"", form));
  for (const Kind& kind : own_kinds()) known.push_back(fmt::format("\"{}\"", kind.name));
  throw UsageError(fmt::format("there is no augmentation \"{}\": the known ones are {}", text,
                               fmt::join(known, ", ")));
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
    throw UsageError(fmt::format("augmentation \"{}:{}\" {} the images of {}", entry.name,
                                 augmentation.number, entry.fits, shape.text()));
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

std::vector<Kind> built_in_kinds() {
  std::vector<Kind> kinds;
  for (const Entry& entry : table) {
    if (entry.name.empty()) continue;
    Kind& kind = kinds.emplace_back(Kind{.name = std::string(entry.name)});
    if (entry.number.empty()) continue;
    // What the list of forms calls it: "crop:N".
    std::string option(entry.form.substr(entry.name.size() + 1));
    std::ranges::transform(option, option.begin(), [](char c) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    kind.options.push_back({std::move(option), std::string(entry.number), 0.0});
  }
  return kinds;
}

}  // namespace ridgeline::data
