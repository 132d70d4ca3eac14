#include "data/inspection/channel_sums.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeline::data {

void ChannelSums::add(const Image& image) {
  const auto channels = static_cast<std::size_t>(image.channels);
  std::vector<std::uint64_t> sum(channels), square(channels);
  for (std::size_t k = 0; k < image.pixels.size(); k += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const std::uint64_t level = image.pixels[k + c];
      sum[c] += level;
      square[c] += level * level;
    }
  }
  const double area = static_cast<double>(image.height * image.width);
  std::vector<Channel> own;
  for (std::size_t c = 0; c < channels; ++c) {
    own.push_back({static_cast<double>(sum[c]) / area / 255,
                   static_cast<double>(square[c]) / area / (255.0 * 255.0)});
  }
  add_channels(own);
}

void ChannelSums::add(std::span<const float> pixels, std::size_t channels) {
  std::vector<Channel> own(channels);
  const std::size_t area = pixels.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (const double value : pixels.subspan(c * area, area)) {
      own[c].mean += value;
      own[c].square += value * value;
    }
    own[c].mean /= static_cast<double>(area);
    own[c].square /= static_cast<double>(area);
  }
  add_channels(own);
}

void ChannelSums::add_channels(const std::vector<Channel>& channels) {
  ++images_;
  if (sums_.empty()) sums_.resize(channels.size());
  // All images before were grey.
  if (sums_.size() == 1 && channels.size() > 1) sums_.resize(channels.size(), sums_[0]);
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    const Channel& from = channels[std::min(c, channels.size() - 1)];
    sums_[c].mean += from.mean;
    sums_[c].square += from.square;
  }
}

void ChannelSums::add(const ChannelSums& other) {
  if (other.images_ == 0) return;
  add_channels(other.sums_);
  images_ += other.images_ - 1;
}

std::vector<double> ChannelSums::mean() const {
  std::vector<double> means;
  for (const Channel& channel : sums_) {
    means.push_back(channel.mean / static_cast<double>(images_));
  }
  return means;
}

std::vector<double> ChannelSums::deviation() const {
  std::vector<double> deviations;
  for (const Channel& channel : sums_) {
    const double mean = channel.mean / static_cast<double>(images_);
    const double square = channel.square / static_cast<double>(images_);
    deviations.push_back(std::sqrt(std::max(square - mean * mean, 0.0)));
  }
  return deviations;
}

}  // namespace ridgeline::data
