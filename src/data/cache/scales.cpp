#include "data/cache/scales.hpp"

#include <algorithm>
#include <cmath>

#include "image/decode.hpp"

namespace ridgeline::data {
namespace {

constexpr int coarsest = 8;

std::int64_t divided_up(std::int64_t number, int by) {
  return (number + by - 1) / by;
}

// The smallest box that draw_resized_crop can give.
image::Size smallest_box(const ResizedCropOptions& crop, std::int64_t height, std::int64_t width) {
  const auto h = static_cast<double>(height), w = static_cast<double>(width);
  const double area = crop.min_scale * h * w;
  const double drawn_height = std::sqrt(area / crop.max_ratio),
               drawn_width = std::sqrt(area * crop.min_ratio);
  // The box in the centre, which is used if none of the drawn boxes fits.
  const double centre_height = std::min(h, w / crop.min_ratio),
               centre_width = std::min(w, h * crop.max_ratio);
  return {static_cast<std::int64_t>(std::min(drawn_height, centre_height)),
          static_cast<std::int64_t>(std::min(drawn_width, centre_width))};
}

// The position of pixel 0 of a decoded image, in pixels of the original. Nothing if the image is
// not the whole original at 1/scale of its size.
std::optional<std::pair<int, int>> shift_of(const DecodedImage& decoded, const Shape& original,
                                            int scale) {
  const RealBox& box = decoded.box;
  const Image& image = decoded.image;
  const auto fits = [&](double begin, double length, std::int64_t pixels, std::int64_t of) {
    const double shift = begin * scale;
    return length * scale == static_cast<double>(of) && shift >= 0 && shift < scale &&
           shift == std::floor(shift) &&
           pixels == divided_up(static_cast<std::int64_t>(shift) + of, scale);
  };
  if (image.channels != original[0] || !fits(box.left, box.width, image.width, original[2]) ||
      !fits(box.top, box.height, image.height, original[1])) {
    return std::nullopt;
  }
  return std::pair(static_cast<int>(box.left * scale), static_cast<int>(box.top * scale));
}

}  // namespace

std::vector<int> needed_scales(const Shape& original, const std::optional<CropNeed>& crop) {
  if (!crop) return {1};
  const std::int64_t height = original[1], width = original[2];
  const image::Size size = crop->size;
  const auto last_for = [&](std::int64_t h, std::int64_t w) {
    return image::shrink_of({0, 0, width, height}, {{}, h, w}, coarsest);
  };
  image::Size least = smallest_box(crop->crop, height, width);
  int last = last_for(size.height, size.width);
  if (crop->fit) {
    const FitPlan plan = plan_fit(*crop->fit, height, width);
    least.height = std::min(least.height, static_cast<std::int64_t>(plan.box.height));
    least.width = std::min(least.width, static_cast<std::int64_t>(plan.box.width));
    last = std::max(last, last_for(plan.inner.height, plan.inner.width));
  }
  // Two more pixels are asked for, since shrink_of rounds to whole pixels.
  int first = 1;
  while (first < last && least.height / (std::int64_t{2} * first) >= size.height + 2 &&
         least.width / (std::int64_t{2} * first) >= size.width + 2) {
    first *= 2;
  }
  std::vector<int> scales;
  for (int scale = first; scale <= last; scale *= 2) scales.push_back(scale);
  return scales;
}

std::uint64_t bytes_at(const Shape& original, const std::vector<int>& scales) {
  std::uint64_t bytes = 0;
  for (const int scale : scales) {
    bytes += static_cast<std::uint64_t>(original[0] * divided_up(original[1], scale) *
                                        divided_up(original[2], scale));
  }
  return bytes;
}

std::uint64_t ScaledImages::bytes() const {
  std::uint64_t sum = 0;
  for (const ScaledImage& scaled : images) sum += scaled.image.pixels.size();
  return sum;
}

ScaledImages decode_scales(const SampleSource& source, std::size_t index, const Shape& original,
                           const std::vector<int>& scales) {
  ScaledImages result;
  for (const int wanted : scales) {
    const ImageRequest request =
        wanted == 1 ? ImageRequest() : ImageRequest{{}, original[1] / wanted, original[2] / wanted};
    DecodedImage decoded;
    source.decode(
        index, [&](const Shape&) { return request; }, decoded);
    int scale = wanted;
    auto shift = shift_of(decoded, original, scale);
    while (!shift && scale > 1) shift = shift_of(decoded, original, scale /= 2);
    if (!shift) return {};
    const bool again = !result.images.empty() && result.images.back().scale == scale;
    if (!again) {
      result.images.push_back({scale, shift->first, shift->second, std::move(decoded.image)});
    }
    if (scale == wanted) continue;
    result.most = scale;  // the decoder gives no smaller one
    break;
  }
  return result;
}

void cut(const ImageRecord& record, const PixelBox& box, DecodedImage& to) {
  const int scale = record.scale;
  const std::int64_t left = record.shift_x + box.left, top = record.shift_y + box.top;
  const PixelBox region{left / scale, top / scale,
                        divided_up(left + box.width, scale) - left / scale,
                        divided_up(top + box.height, scale) - top / scale};
  const auto real = [&](std::int64_t pixels) { return static_cast<double>(pixels) / scale; };
  to.box = {real(left - region.left * scale), real(top - region.top * scale), real(box.width),
            real(box.height)};
  const image::ImageView& from = record.pixels;
  to.image.channels = from.channels;
  to.image.height = region.height;
  to.image.width = region.width;
  const auto row = static_cast<std::size_t>(region.width * from.channels);
  to.image.pixels.resize(row * static_cast<std::size_t>(region.height));
  for (std::int64_t y = 0; y < region.height; ++y) {
    const auto begin =
        static_cast<std::size_t>(((region.top + y) * from.width + region.left) * from.channels);
    std::ranges::copy(from.pixels.subspan(begin, row),
                      to.image.pixels.begin() + y * static_cast<std::ptrdiff_t>(row));
  }
}

}  // namespace ridgeline::data
