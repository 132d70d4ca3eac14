#pragma once
// Images brought to one size as they are read.

#include <memory>
#include <optional>

#include "image/resize.hpp"
#include "ridgeline/preprocessing.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// Memory that a thread uses again, from one image to the next.
struct FitScratch {
  DecodedImage decoded;
  Image fitted;
  Shape original;  ///< {channels, height, width} of the last image
  image::ResizeScratch resize;
};

/// Also a base of a SampleSource that may already have its images at the right size.
class KeepsFitted {
 public:
  virtual ~KeepsFitted() = default;
  /// As read_fitted. Nothing if the image is not kept at this size.
  virtual std::optional<Transform> kept(std::size_t index, const Preprocessing& preprocessing,
                                        FitScratch& scratch) const = 0;
};

/// The part `box` of image `index`, resized to height x width. Decodes no more than it needs.
/// `choose_box` is given the full height and width.
using ChooseBox = std::function<RealBox(std::int64_t height, std::int64_t width)>;
void read_box(const SampleSource& source, std::size_t index, const ChooseBox& choose_box,
              image::Size size, image::Filter filter, FitScratch& scratch);

/// Image `index` as `preprocessing` says, in `scratch.fitted`. Returns where its points went.
Transform read_fitted(const SampleSource& source, std::size_t index,
                      const Preprocessing& preprocessing, FitScratch& scratch);

/// The same images. `read` applies `preprocessing`, `decode` does not. Throws UsageError for a
/// source of numbers that are not bytes.
std::shared_ptr<const SampleSource> fitted(std::shared_ptr<const SampleSource> source,
                                           const Preprocessing& preprocessing);

}  // namespace ridgeline::data
