#include "ridgeline/preprocessing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "image/resize.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

// As torchvision rounds: half to even.
std::int64_t rounded(double number) {
  return static_cast<std::int64_t>(std::nearbyint(number));
}

// torchvision's Resize(shorter), CenterCrop(size), as one resize of the part that is kept.
RealBox middle(const Preprocessing& p, std::int64_t height, std::int64_t width) {
  const double h = static_cast<double>(height), w = static_cast<double>(width);
  const double scale =
      std::max(static_cast<double>(p.height) / h, static_cast<double>(p.width) / w) / p.crop_share;
  const auto resized = [&](double side, std::int64_t least) {
    return std::max(least, static_cast<std::int64_t>(side * scale + 1e-9));
  };
  const std::int64_t tall = resized(h, p.height), wide = resized(w, p.width);
  const double top = static_cast<double>(rounded(static_cast<double>(tall - p.height) / 2));
  const double left = static_cast<double>(rounded(static_cast<double>(wide - p.width) / 2));
  const double down = h / static_cast<double>(tall), across = w / static_cast<double>(wide);
  return {left * across, top * down, static_cast<double>(p.width) * across,
          static_cast<double>(p.height) * down};
}

PixelBox letterboxed(const Preprocessing& p, std::int64_t height, std::int64_t width) {
  const double scale = std::min(static_cast<double>(p.height) / static_cast<double>(height),
                                static_cast<double>(p.width) / static_cast<double>(width));
  const auto side = [&](std::int64_t size, std::int64_t most) {
    return std::clamp<std::int64_t>(rounded(static_cast<double>(size) * scale), 1, most);
  };
  const std::int64_t tall = side(height, p.height), wide = side(width, p.width);
  return {(p.width - wide) / 2, (p.height - tall) / 2, wide, tall};
}

}  // namespace

void Preprocessing::check() const {
  if (height < 1 || width < 1) {
    throw UsageError(
        fmt::format("data.size must be at least 1 pixel each way, not {}x{}", height, width));
  }
  if (channels != 1 && channels != 3) {
    throw UsageError(fmt::format("data.channels must be 1 or 3, not {}", channels));
  }
  if (resize != "none" && resize != "squash" && resize != "crop" && resize != "letterbox") {
    throw UsageError(fmt::format(
        "data.resize must be \"crop\", \"squash\" or \"letterbox\", not \"{}\"", resize));
  }
  if (!(crop_share > 0 && crop_share <= 1)) {
    throw UsageError(
        fmt::format("data.crop_share must be above 0 and at most 1, not {}", crop_share));
  }
  image::filter_of(filter);
}

FitPlan plan_fit(const Preprocessing& p, std::int64_t height, std::int64_t width) {
  const RealBox whole{0, 0, static_cast<double>(width), static_cast<double>(height)};
  const PixelBox all{0, 0, p.width, p.height};
  if (p.resize == "crop") return {middle(p, height, width), all};
  if (p.resize == "letterbox") return {whole, letterboxed(p, height, width)};
  return {whole, all};
}

Transform FitPlan::transform(const Preprocessing& p) const {
  Transform t = Transform::box(box.left, box.top, box.width, box.height, inner.height, inner.width);
  t.matrix[2] += static_cast<double>(inner.left);
  t.matrix[5] += static_cast<double>(inner.top);
  t.height = p.height;
  t.width = p.width;
  return t;
}

}  // namespace ridgeline
