#include "data/pictures/pipeline.hpp"

#include <fmt/format.h>

#include "image/planes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

constexpr std::string_view resized_crop_name = "resized_crop";

}  // namespace

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
