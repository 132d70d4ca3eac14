#include "data/pictures/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "data/augmentation_words.hpp"
#include "image/planes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::string_view resized_crop_name = "resized_crop";

Kind resized_crop_kind() {
  const ResizedCropOptions standard;
  const Limits share{.least = 0, .most = 1, .above = true};
  return {.name = std::string(resized_crop_name),
          .meaning = "a random box of the original image, resized to data.size",
          .options = {{"min_scale", "the least share of the area", standard.min_scale, share},
                      {"max_scale", "the largest", standard.max_scale, share},
                      {"min_ratio", "the least width for each height", standard.min_ratio,
                       limits::positive},
                      {"max_ratio", "the largest", standard.max_ratio, limits::positive}}};
}

std::optional<ResizedCropOptions> resized_crop(std::string_view text) {
  const Kind kind = resized_crop_kind();
  const Attributes given =
      kind.complete(augmentation_options(kind, text), fmt::format("augmentation \"{}\": ", text));
  return ResizedCropOptions{given.real("min_scale"), given.real("max_scale"),
                            given.real("min_ratio"), given.real("max_ratio")};
}

Kind kind_of(const PictureKind& picture) {
  Kind kind{.name = picture.name, .meaning = picture.meaning};
  for (const PictureOption& option : picture.options) {
    kind.options.push_back({option.name, option.meaning, option.value});
  }
  return kind;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

}  // namespace

std::shared_ptr<const PictureStep> picture_step(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(':'));
  if (name == resized_crop_name) {
    return std::make_shared<const PictureStep>(
        PictureStep{std::string(name), {}, resized_crop(text)});
  }
  const auto& kinds = picture_kinds();
  const auto found = std::ranges::find(kinds, name, &PictureKind::name);
  if (found == kinds.end()) return nullptr;
  const Attributes given = augmentation_options(kind_of(*found), text);
  return std::make_shared<const PictureStep>(PictureStep{found->name, found->make(given), {}});
}

std::vector<std::string> picture_forms() {
  std::vector<std::string> forms{std::string(resized_crop_name)};
  for (const PictureKind& kind : picture_kinds()) {
    forms.push_back(kind.options.empty()
                        ? kind.name
                        : fmt::format("{}:{}", kind.name, upper(kind.options.front().name)));
  }
  return forms;
}

PicturePipeline::PicturePipeline(const Dataset& data, Steps steps) : steps_(std::move(steps)) {
  if (steps_.empty() || data.empty()) return;
  if (!data.source()->eight_bit()) {
    throw UsageError(fmt::format(
        "the augmentation {} changes images of bytes, and these are other numbers: leave it out",
        steps_.front()->name));
  }
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    if (!steps_[k]->crop) continue;
    if (k > 0) {
      throw UsageError(
          fmt::format("the augmentation {} takes a part of the original image: put it before {}",
                      resized_crop_name, steps_[0]->name));
    }
  }
}

Transform PicturePipeline::fetch(const Dataset& data, std::size_t index, Random& random,
                                 Memory& memory) const {
  const SampleSource& source = *data.source();
  const std::size_t id = data.id(index);
  const auto& fit = data.preprocessing();
  const Shape shape = data.image_shape();
  if (!steps_.empty() && steps_.front()->crop) {
    RealBox box;
    const auto choose = [&](std::int64_t height, std::int64_t width) {
      return box = draw_resized_crop(*steps_.front()->crop, height, width, random);
    };
    const auto filter = fit ? image::filter_of(fit->filter) : image::Filter::bilinear;
    read_box(source, id, choose, {shape[1], shape[2]}, filter, memory.fit);
    return Transform::box(box.left, box.top, box.width, box.height, shape[1], shape[2]);
  }
  if (fit) return read_fitted(source, id, *fit, memory.fit);
  source.decode(
      id, [](const Shape&) { return ImageRequest(); }, memory.fit.decoded);
  std::swap(memory.fit.fitted, memory.fit.decoded.image);
  return Transform::identity(shape[1], shape[2]);
}

Transform PicturePipeline::read(const Dataset& data, const PictureNumber& number,
                                std::span<float> pixels, Memory& memory) const {
  const std::uint64_t id = draw_id(data.id(number.draw.image), number.draw.repeat);
  Random random(number.seed, Purpose::picture, number.epoch, id);
  Transform transform = fetch(data, number.draw.image, random, memory);
  Image& image = memory.fit.fitted;
  const std::int64_t channels = data.image_shape()[0];
  if (image.channels != channels) image = image::to_channels(std::move(image), channels);
  for (const auto& step : steps_) {
    if (!step->change) continue;
    const auto moved = step->change(image, {number.seed, number.epoch, id, random}, memory.change);
    if (moved) transform = transform.then(*moved);
  }
  image::to_planes(image, false, pixels);
  return transform;
}

}  // namespace ridgeline::data
