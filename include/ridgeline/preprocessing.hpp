#pragma once
// How images of any size are brought to the size of a network's input. It is saved in the model
// file, and `predict` applies it again.

#include <cstdint>
#include <string>

#include "ridgeline/image.hpp"
#include "ridgeline/shape.hpp"
#include "ridgeline/transform.hpp"

namespace ridgeline {

struct Preprocessing {
  std::int64_t height = 0, width = 0;  ///< of the network's input
  std::int64_t channels = 3;           ///< 1: grey by ITU-R BT.601's weights; 3: sRGB
  /// "none": images of another size are refused. "squash": resizes the whole image and changes its
  /// aspect ratio. "crop": takes the centre of the image in the network's aspect ratio.
  /// "letterbox": keeps the whole image and its aspect ratio and adds grey bars.
  std::string resize = "crop";
  std::string filter = "bilinear";  ///< Pillow's "nearest", "bilinear", "bicubic" or "lanczos"
  /// For "crop": the size of the centre crop as a share of the shorter side. torchvision's
  /// Resize(256), CenterCrop(224) is 224 pixels and 0.875.
  double crop_share = 1;

  Shape shape() const { return {channels, height, width}; }
  /// Throws UsageError for a size below 1, other channels than 1 and 3, and unknown names.
  void check() const;
  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

/// The grey of letterbox bars, as in YOLO.
inline constexpr std::uint8_t letterbox_grey = 114;

/// The steps for one image: `box` of the original is resized to `inner.width` x `inner.height`
/// pixels and placed at (inner.left, inner.top) of the result.
struct FitPlan {
  RealBox box;
  PixelBox inner;
  /// From the original's coordinates to the result's.
  Transform transform(const Preprocessing& preprocessing) const;
};
FitPlan plan_fit(const Preprocessing& preprocessing, std::int64_t height, std::int64_t width);

}  // namespace ridgeline
