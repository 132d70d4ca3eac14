#include "data/fitted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/wrapper.hpp"
#include "image/planes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

// The whole pixels around a box, and those that a filter reads around its edges.
PixelBox around(const RealBox& box, std::int64_t height, std::int64_t width, double scale) {
  constexpr double widest_filter = 3;
  const double margin = std::ceil(widest_filter * std::max(1.0, scale)) + 1;
  const auto first = [&](double edge) {
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(edge - margin)));
  };
  const auto last = [&](double edge, std::int64_t most) {
    return std::min(most, static_cast<std::int64_t>(std::ceil(edge + margin)));
  };
  const std::int64_t left = first(box.left), top = first(box.top);
  return {left, top, last(box.left + box.width, width) - left,
          last(box.top + box.height, height) - top};
}

class FittedSource final : public WrappedSource {
 public:
  FittedSource(std::shared_ptr<const SampleSource> source, Preprocessing preprocessing)
      : WrappedSource(std::move(source)), preprocessing_(std::move(preprocessing)) {}

  Shape image_shape() const override { return preprocessing_.shape(); }
  std::span<const std::uint8_t> bytes(std::size_t) const override { return {}; }
  bool in_memory() const override { return false; }
  void read(std::size_t index, std::span<float> pixels) const override {
    thread_local FitScratch scratch;
    read_fitted(source(), index, preprocessing_, scratch);
    image::to_planes(scratch.fitted, false, pixels);
  }

 private:
  Preprocessing preprocessing_;
};

}  // namespace

void read_box(const SampleSource& source, std::size_t index, const ChooseBox& choose_box,
              image::Size size, image::Filter filter, FitScratch& scratch) {
  RealBox box;
  PixelBox asked;
  const auto choose = [&](const Shape& full) {
    scratch.original = full;
    box = choose_box(full[1], full[2]);
    const double scale = std::max(box.height / static_cast<double>(size.height),
                                  box.width / static_cast<double>(size.width));
    asked = around(box, full[1], full[2], scale);
    // The request includes the margin, so it asks for more: the box alone must have the wanted
    // size.
    const auto at_least = [](std::int64_t wanted, std::int64_t pixels, double of) {
      return static_cast<std::int64_t>(
          std::ceil(static_cast<double>(wanted) * static_cast<double>(pixels) / of));
    };
    return ImageRequest{asked,
                        std::min(asked.height, at_least(size.height, asked.height, box.height)),
                        std::min(asked.width, at_least(size.width, asked.width, box.width))};
  };
  source.decode(index, choose, scratch.decoded);
  // Where `asked` is in the decoded image, which may have another scale.
  const RealBox& at = scratch.decoded.box;
  const double across = at.width / static_cast<double>(asked.width),
               down = at.height / static_cast<double>(asked.height);
  RealBox part{at.left + (box.left - static_cast<double>(asked.left)) * across,
               at.top + (box.top - static_cast<double>(asked.top)) * down, box.width * across,
               box.height * down};
  const Image& image = scratch.decoded.image;
  // Rounding may move an edge outside of the image by its last bits.
  part.left = std::max(0.0, part.left);
  part.top = std::max(0.0, part.top);
  part.width = std::min(part.width, static_cast<double>(image.width) - part.left);
  part.height = std::min(part.height, static_cast<double>(image.height) - part.top);
  image::resize(image, size, filter, part, scratch.fitted, scratch.resize);
}

Transform read_fitted(const SampleSource& source, std::size_t index, const Preprocessing& p,
                      FitScratch& scratch) {
  if (const auto* keeper = dynamic_cast<const KeepsFitted*>(&source)) {
    if (const auto transform = keeper->kept(index, p, scratch)) return *transform;
  }
  FitPlan plan;
  image::Size size;
  // Only in a letterbox does the size of the inner part depend on the image.
  const bool letterbox = p.resize == "letterbox";
  const auto check = [&](std::int64_t height, std::int64_t width) {
    if (p.resize != "none" || (height == p.height && width == p.width)) return;
    throw UsageError(
        fmt::format("{} is {}x{} pixels, and other images are {}x{}: set data.size, to which all "
                    "are then resized",
                    source.name(index), height, width, p.height, p.width));
  };
  if (letterbox) {
    const Shape full = source.shape_of(index);
    plan = plan_fit(p, full[1], full[2]);
    size = {plan.inner.height, plan.inner.width};
  } else {
    size = {p.height, p.width};
  }
  read_box(
      source, index,
      [&](std::int64_t height, std::int64_t width) {
        check(height, width);
        plan = plan_fit(p, height, width);
        return plan.box;
      },
      size, image::filter_of(p.filter), scratch);
  if (scratch.fitted.channels != p.channels) {
    scratch.fitted = image::to_channels(std::move(scratch.fitted), p.channels);
  }
  if (!letterbox) return plan.transform(p);
  Image framed{
      p.channels, p.height, p.width,
      std::vector<std::uint8_t>(static_cast<std::size_t>(p.shape().elements()), letterbox_grey)};
  const std::int64_t row = plan.inner.width * p.channels;
  for (std::int64_t y = 0; y < plan.inner.height; ++y) {
    std::copy_n(
        scratch.fitted.pixels.begin() + y * row, row,
        framed.pixels.begin() + ((plan.inner.top + y) * p.width + plan.inner.left) * p.channels);
  }
  scratch.fitted = std::move(framed);
  return plan.transform(p);
}

std::shared_ptr<const SampleSource> fitted(std::shared_ptr<const SampleSource> source,
                                           const Preprocessing& preprocessing) {
  preprocessing.check();
  if (!source->eight_bit()) {
    throw UsageError(
        "data.size resizes images of bytes, and these are other numbers: leave it out");
  }
  return std::make_shared<const FittedSource>(std::move(source), preprocessing);
}

}  // namespace ridgeline::data
