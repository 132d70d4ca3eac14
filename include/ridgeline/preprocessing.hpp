#pragma once
// How photographs of any size become the images that a network takes. A model file states it, and
// `predict` does the same again.

#include <cstdint>
#include <string>

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"
#include "ridgeline/transform.hpp"

namespace ridgeline {

struct Preprocessing {
  std::int64_t height = 0, width = 0;  ///< of the images that the network takes
  std::int64_t channels = 3;           ///< 1: grey by ITU-R BT.601's weights; 3: sRGB
  /// "none": images of another size are refused. "squash": the whole image, whatever its aspect
  /// ratio. "crop": the middle of the image in the network's aspect ratio. "letterbox": the whole
  /// image in its own aspect ratio, with grey bars.
  std::string resize = "crop";
  std::string filter = "bilinear";  ///< Pillow's "nearest", "bilinear", "bicubic" or "lanczos"
  /// Of "crop": the image is first resized until the middle is this share of its shorter side.
  /// torchvision's Resize(256), CenterCrop(224) is 0.875 for 224.
  double crop_share = 1;

  Shape shape() const { return {channels, height, width}; }
  /// Throws UsageError for a size below 1, other channels than 1 and 3, and unknown names.
  void check() const;
  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

/// The grey of the bars of a letterbox, as YOLO has it.
inline constexpr std::uint8_t letterbox_grey = 114;

/// How one image is brought to the network's size: `box` of the original is resized to
/// `inner.width` x `inner.height` pixels, which go to (inner.left, inner.top) of the result.
struct FitPlan {
  RealBox box;
  PixelBox inner;
  /// From the original's coordinates to the result's.
  Transform transform(const Preprocessing& preprocessing) const;
};
FitPlan plan_fit(const Preprocessing& preprocessing, std::int64_t height, std::int64_t width);

}  // namespace ridgeline
