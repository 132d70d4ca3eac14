#pragma once
// Turns an image of any size into the numbers that a network takes. On the way, random changes are
// made to the image of bytes.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/fitted.hpp"
#include "data/pictures/table.hpp"
#include "data/sampling.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// One random change of pictures that `data.augment` names.
struct PictureStep {
  std::string name;
  ChangePicture change;                    ///< empty for "resized_crop"
  std::optional<ResizedCropOptions> crop;  ///< of "resized_crop"
};
/// Which image, and which numbers are drawn for it.
struct PictureNumber {
  Draw draw;
  std::uint64_t seed = 0, epoch = 0;
};

class PicturePipeline {
 public:
  using Steps = std::vector<std::shared_ptr<const PictureStep>>;

  PicturePipeline() = default;
  /// Throws UsageError for steps on images that are not bytes, a resized_crop that is not the first
  /// step, and a resized_crop without a size to resize to.
  PicturePipeline(const Dataset& data, Steps steps);

  /// Whether images are the same as those of Dataset::read.
  bool empty() const { return steps_.empty(); }

  struct Memory {
    FitScratch fit;
    PictureScratch change;
  };
  /// Writes the pixels of `number.draw` and returns how its points moved. Deterministic
  /// by (seed, epoch, Dataset::id, repeat), whatever the threads.
  Transform read(const Dataset& data, const PictureNumber& number, std::span<float> pixels,
                 Memory& memory) const;

 private:
  Transform fetch(const Dataset& data, std::size_t index, Random& random, Memory& memory) const;

  Steps steps_;
};

}  // namespace ridgeline::data
