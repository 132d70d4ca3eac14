#include "image/blur.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "image/kernels.hpp"
#include "image/shift.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::image {
namespace {

constexpr int weight_bits = 14;

/// Whole numbers in the ratios of a Gaussian, with the sum 2^weight_bits.
std::vector<std::int16_t> gaussian(int size, double sigma) {
  std::vector<double> shares(static_cast<std::size_t>(size));
  for (std::size_t k = 0; k < shares.size(); ++k) {
    const double x = (static_cast<double>(k) - (size - 1) / 2.0) / sigma;
    shares[k] = std::exp(-0.5 * x * x);
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  std::vector<std::int16_t> weights(shares.size());
  int rest = 1 << weight_bits;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    weights[k] = static_cast<std::int16_t>(std::lround(shares[k] / sum * (1 << weight_bits)));
    rest -= weights[k];
  }
  // The centre weighs most: there the rounding matters least, and the weights stay symmetric.
  auto& centre = weights[shares.size() / 2];
  centre = static_cast<std::int16_t>(centre + rest);
  weights.push_back(0);  // as `weighted_sum` wants it
  return weights;
}

/// The row with `reach` reflected pixels at each end.
void reflect_ends(const std::uint8_t* row, std::int64_t width, std::int64_t channels,
                  std::int64_t reach, std::uint8_t* to) {
  const auto put = [&](std::int64_t x) {
    std::copy_n(row + reflected(x, width) * channels, channels, to + (x + reach) * channels);
  };
  for (std::int64_t x = -reach; x < 0; ++x) put(x);
  std::copy_n(row, width * channels, to + reach * channels);
  for (std::int64_t x = width; x < width + reach; ++x) put(x);
}

}  // namespace

void gaussian_blur(Image& image, int size, double sigma, BlurScratch& scratch) {
  if (size < 1 || size > 255 || size % 2 == 0) {
    throw UsageError(fmt::format("the size of a blur must be odd and from 1 to 255, not {}", size));
  }
  if (!(sigma > 0) || !std::isfinite(sigma)) {
    throw UsageError(fmt::format("the sigma of a blur must be above 0, not {}", sigma));
  }
  const std::vector<std::int16_t> values = gaussian(size, sigma);
  const Weights weights{values.data(), size, weight_bits};
  const std::int64_t reach = size / 2, bytes = image.width * image.channels;
  scratch.row.resize(static_cast<std::size_t>((image.width + 2 * reach) * image.channels));
  scratch.rows.resize(static_cast<std::size_t>((image.height + 2 * reach) * bytes));
  const auto blurred = [&](std::int64_t y) { return scratch.rows.data() + (y + reach) * bytes; };
  for (std::int64_t y = 0; y < image.height; ++y) {
    reflect_ends(image.pixels.data() + y * bytes, image.width, image.channels, reach,
                 scratch.row.data());
    weighted_sum(scratch.row.data(), image.channels, bytes, weights, blurred(y));
  }
  for (std::int64_t y = 1; y <= reach; ++y) {
    std::copy_n(blurred(reflected(-y, image.height)), bytes, blurred(-y));
    const std::int64_t below = image.height - 1 + y;
    std::copy_n(blurred(reflected(below, image.height)), bytes, blurred(below));
  }
  for (std::int64_t y = 0; y < image.height; ++y) {
    weighted_sum(blurred(y - reach), bytes, bytes, weights, image.pixels.data() + y * bytes);
  }
}

void adjust_sharpness(Image& image, double factor, BlurScratch& scratch) {
  if (image.height <= 2 || image.width <= 2) return;
  const std::int64_t bytes = image.width * image.channels, step = image.channels;
  scratch.rows.assign(image.pixels.begin(), image.pixels.end());
  const auto rest = static_cast<float>(1 - factor);
  for (std::int64_t y = 1; y + 1 < image.height; ++y) {
    const std::uint8_t* row = scratch.rows.data() + y * bytes;
    std::uint8_t* to = image.pixels.data() + y * bytes;
    for (std::int64_t x = step; x < bytes - step; ++x) {
      // Nine pixels, the one in the middle five times.
      unsigned sum = 4U * row[x];
      for (const std::uint8_t* at : {row - bytes + x, row + x, row + bytes + x}) {
        sum += unsigned{at[-step]} + at[0] + at[step];
      }
      const unsigned smooth = ((sum + 6) * 20165) >> 18;  // the nearest to sum / 13
      const auto level = static_cast<float>(row[x]);
      to[x] = static_cast<std::uint8_t>(
          std::clamp(level + rest * (static_cast<float>(smooth) - level), 0.0F, 255.0F));
    }
  }
}

}  // namespace ridgeline::image
