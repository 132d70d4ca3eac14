#pragma once
// Mean and standard deviation of each channel of many images.

#include <cstdint>
#include <span>
#include <vector>

#include "ridgeline/image.hpp"

namespace ridgeline::data {

/// Each image counts equally, whatever its size. If grey and colour images are mixed, a grey one
/// counts as equal in all channels, as a network sees it.
class ChannelSums {
 public:
  void add(const Image& image);
  /// `pixels`: planes of `channels` channels, in [0, 1].
  void add(std::span<const float> pixels, std::size_t channels);
  void add(const ChannelSums& other);

  std::vector<double> mean() const;
  std::vector<double> deviation() const;  ///< the population's

 private:
  struct Channel {
    double mean = 0, square = 0;
  };
  void add_channels(const std::vector<Channel>& channels);

  std::size_t images_ = 0;
  std::vector<Channel> sums_;  // sums of the images' means
};

}  // namespace ridgeline::data
