#include "cli/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/fitted.hpp"
#include "data/sources/decode.hpp"
#include "image/fit.hpp"
#include "image/planes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

// One file in memory.
class OneFile final : public SampleSource {
 public:
  OneFile(std::span<const std::uint8_t> bytes, const std::string& name)
      : bytes_(bytes), name_(name) {}
  std::size_t size() const override { return 1; }
  std::string name(std::size_t) const override { return name_; }
  Shape shape_of(std::size_t) const override { return data::shape_of_file(bytes_, name_); }
  void decode(std::size_t, const Choose& choose, DecodedImage& to) const override {
    data::decode_file(bytes_, choose, name_, to);
  }

 private:
  std::span<const std::uint8_t> bytes_;
  const std::string& name_;
};

Image cut(const Image& image, const PixelBox& box) {
  Image part{image.channels, box.height, box.width, {}};
  for (std::int64_t y = 0; y < box.height; ++y) {
    const auto row =
        image.pixels.begin() + ((box.top + y) * image.width + box.left) * image.channels;
    part.pixels.insert(part.pixels.end(), row, row + box.width * image.channels);
  }
  return part;
}

std::vector<Image> five_crops(const Image& large, std::int64_t height, std::int64_t width) {
  const std::int64_t down = large.height - height, across = large.width - width;
  std::vector<Image> crops;
  for (const auto& [top, left] : {std::pair<std::int64_t, std::int64_t>{0, 0},
                                  {0, across},
                                  {down, 0},
                                  {down, across},
                                  {(down + 1) / 2, (across + 1) / 2}}) {
    crops.push_back(cut(large, {left, top, width, height}));
  }
  return crops;
}

}  // namespace

Views::Views(const ModelOptions& model, const std::optional<std::string>& augmentation) {
  const Shape& input = model.input;
  if (input.rank() != 3) {
    throw UsageError(fmt::format("this model takes {} numbers, and no images", input.text()));
  }
  // A model without a preprocessing takes images of other sizes, too.
  whole_ = !model.preprocessing || model.preprocessing->resize == "none";
  preprocessing_ =
      whole_ ? Preprocessing{input[1], input[2], input[0], "squash"} : *model.preprocessing;
  const std::string views = augmentation.value_or("1");
  if (views != "1" && views != "2" && views != "flip" && views != "5" && views != "10") {
    throw UsageError(fmt::format("--tta takes flip, 5 or 10, not '{}'", views));
  }
  crops_ = views == "5" || views == "10";
  mirrored_ = views == "2" || views == "flip" || views == "10";
}

std::size_t Views::numbers() const {
  return count() * static_cast<std::size_t>(preprocessing_.shape().elements());
}

Image Views::fit(std::span<const std::uint8_t> file, const std::string& name,
                 const Preprocessing& preprocessing) const {
  const OneFile source(file, name);
  if (whole_) {
    return image::fit_image(source.image(0), preprocessing.shape());
  }
  data::FitScratch scratch;
  data::read_fitted(source, 0, preprocessing, scratch);
  return std::move(scratch.fitted);
}

void Views::read(std::span<const std::uint8_t> file, const std::string& name,
                 std::span<float> pixels, Image* shown) const {
  std::vector<Image> views;
  if (!crops_ || shown) views.push_back(fit(file, name, preprocessing_));
  if (shown) *shown = views.front();
  if (crops_) {
    constexpr double usual_share = 0.875;
    const double share = preprocessing_.crop_share < 1 ? preprocessing_.crop_share : usual_share;
    const auto larger = [&](std::int64_t side) {
      return static_cast<std::int64_t>(std::ceil(static_cast<double>(side) / share));
    };
    Preprocessing large = preprocessing_;
    large.height = larger(large.height);
    large.width = larger(large.width);
    large.crop_share = 1;
    views = five_crops(fit(file, name, large), preprocessing_.height, preprocessing_.width);
  }
  const std::size_t size = pixels.size() / count();
  for (const Image& view : views) {
    image::to_planes(view, false, pixels.first(size));
    pixels = pixels.subspan(size);
    if (!mirrored_) continue;
    image::to_planes(view, true, pixels.first(size));
    pixels = pixels.subspan(size);
  }
}

}  // namespace ridgeline::cli
