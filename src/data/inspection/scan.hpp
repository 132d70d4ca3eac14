#pragma once
// Decodes every image of a data set once.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "data/inspection/perceptual_hash.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

/// What is known of an image that was decoded.
struct ScannedImage {
  std::int32_t height = 0, width = 0;
  std::uint8_t channels = 0;  ///< 0: it was skipped, or cannot be read
  bool bytes = true;          ///< false: floats, which have no perceptual hash
  std::uint64_t pixels = 0;   ///< pixel_hash
  PerceptualHash look;

  bool read() const { return channels > 0; }
};

struct Unreadable {
  std::size_t image = 0;
  std::string reason;  ///< a sentence that names it
};

struct Scan {
  std::vector<ScannedImage> images;  ///< of each image of the set
  std::size_t looked_at = 0;
  std::vector<Unreadable> unreadable;          ///< in the order of the images
  std::map<std::string, std::size_t> formats;  ///< images by format; empty without image files
  /// Of each channel, in [0, 1], as a network would see it: of the images that `Dataset::read`
  /// gives, or of the original ones if they have no common size. Each image has the same weight.
  std::vector<double> mean, deviation;
};

struct ScanOptions {
  int threads = 1;
  std::size_t at_most = 0;  ///< images to look at, evenly spaced; 0: all
  /// Called now and then, on the caller's thread, with the number of images done. If it returns
  /// false, an Error of the kind `interrupted` is thrown.
  std::function<bool(std::size_t done)> progress = {};
};

/// Decodes the images. The result does not depend on the number of threads. Throws ResourceError if
/// threads or memory are short. An image that cannot be read is noted.
Scan scan(const Dataset& data, const ScanOptions& options);

}  // namespace ridgeline::data
