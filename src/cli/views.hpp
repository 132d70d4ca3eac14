#pragma once
// What a network sees of an image: the image, prepared as in training, and for test-time
// augmentation more views, whose predictions are averaged.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ridgeline/model.hpp"

namespace ridgeline::cli {

class Views {
 public:
  /// `augmentation`: absent or "1": the image alone; "flip" or "2": the image and its mirror image;
  /// "5": the four corners and the middle; "10": these five and their mirror images. Crops are
  /// those of torchvision's FiveCrop, from the image at 1 / crop_share of the size or, if
  /// that is 1, at 8/7 of it. Throws UsageError for other words.
  Views(const ModelOptions& model, const std::optional<std::string>& augmentation);

  std::size_t count() const { return (crops_ ? 5 : 1) * (mirrored_ ? 2 : 1); }
  /// The count of the numbers of all views of one image.
  std::size_t numbers() const;
  /// Writes the views of the image in `file`, one after the other. `shown` gets the image itself,
  /// as the network sees it without crops. Throws DataError, whose sentence begins with `name`,
  /// and UsageError unless the model's images have 1 or 3 channels.
  void read(std::span<const std::uint8_t> file, const std::string& name, std::span<float> pixels,
            Image* shown = nullptr) const;

 private:
  Image fit(std::span<const std::uint8_t> file, const std::string& name,
            const Preprocessing& preprocessing) const;

  Preprocessing preprocessing_;
  bool whole_ = false;  // decode the whole image, as models without a preprocessing need
  bool crops_ = false, mirrored_ = false;
};

}  // namespace ridgeline::cli
