#pragma once
// A convolution, its bias and ReLU, and the max-pool after it in one kernel. The convolution's
// output is never written, and values that the pool does not read are not computed. The gradient of
// a pool is sparse: it has one position in each window. The backward pass makes one product for
// each window, where a dense convolution makes one for each position.
//
// Images are NHWC with the convolution's padding around them. One call is one image.

#include <cstddef>
#include <cstdint>

namespace ridgeline::engine::kernels {

struct ConvPool {
  std::int64_t channels = 0, height = 0, width = 0;  ///< of the source
  std::int64_t filters = 0;
  std::int64_t kernel_height = 1, kernel_width = 1, stride_height = 1, stride_width = 1;
  std::int64_t window_height = 1, window_width = 1;  ///< of the pool; at most 255 positions
  std::int64_t step_height = 1, step_width = 1;      ///< its stride
  std::int64_t pooled_height = 0, pooled_width = 0;
  bool relu = false;
  float slope = 0;

  static constexpr std::int64_t block = 16;  ///< neighbouring filters in the packed kernel
  std::int64_t padded_filters() const { return (filters + block - 1) / block * block; }
  std::int64_t row() const { return width * channels; }
  std::int64_t run() const { return kernel_width * channels; }
  std::int64_t kernel_size() const { return kernel_height * run(); }
  std::int64_t windows() const { return pooled_height * pooled_width; }
  std::int64_t positions() const { return window_height * window_width; }
  /// Columns of the convolution's output that some window reads.
  std::int64_t columns() const { return (pooled_width - 1) * step_width + window_width; }

  std::int64_t rows() const { return (pooled_height - 1) * step_height + window_height; }

  std::int64_t packed_size() const { return padded_filters() * kernel_size(); }
  static constexpr std::int64_t most_grouped = 16;  ///< windows that are listed together
  /// The size of a filter's list of windows, which is written one group at a time.
  std::int64_t listed_windows() const { return windows() + most_grouped; }

  std::size_t forward_scratch() const;   ///< bytes
  std::size_t backward_scratch() const;  ///< bytes
};

// Kernels in other layouts. Plain: [filters][channels][height][width]; by rows: [filters][height]
// [width][channels]; packed: [filters / 16][height][width][channels][16], with zeros after the last
// filter.
void conv_pool_pack(const ConvPool& shape, const float* plain, float* packed);
void rows_to_plain(const ConvPool& shape, const float* rows, float* plain);

struct ConvPoolForward {
  const float* source;
  const float* kernel;   ///< packed
  const float* bias;     ///< or null
  float* pooled;         ///< NHWC
  std::uint8_t* chosen;  ///< position in the window, [windows][padded filters]; or null
  void* scratch;
};
void conv_pool_forward(const ConvPool& shape, const ConvPoolForward& arguments);

// The same by Winograd's F(2x2, 3x3), with less than half the products: 3x3 kernels of stride 1
// before 2x2 pools of stride 2. Its rounding error is about twice that of the plain sum.
bool winograd_fits(const ConvPool& shape);
std::int64_t winograd_packed_size(const ConvPool& shape);
std::size_t winograd_scratch(const ConvPool& shape);  ///< bytes
/// [16][channels][padded filters]
void winograd_pack(const ConvPool& shape, const float* plain, float* packed);
void winograd_forward(const ConvPool& shape, const ConvPoolForward& arguments);

/// The gradients are added to: set them to zero before the first image.
struct ConvPoolBackward {
  const float* source;
  const float* kernel;  ///< packed for folding; or null, as source_gradient
  const float* pooled;
  const std::uint8_t* chosen;
  const float* gradient;   ///< of pooled
  float* kernel_gradient;  ///< by rows; added to
  float* bias_gradient;    ///< added to; or null
  float* source_gradient;  ///< added to; or null
  void* scratch;
};
void conv_pool_backward(const ConvPool& shape, const ConvPoolBackward& arguments);
std::int64_t fold_packed_size(const ConvPool& shape);
void fold_pack(const ConvPool& shape, const float* plain, float* packed);

// The same for a convolution of few channels whose source needs no gradient, such as the first of a
// network. A vector holds neighbouring filters, and each filter looks up the pixels at its best
// position.
constexpr std::int64_t lookup_most_channels = 8;  ///< with more channels the sparse sums are faster
constexpr int lookup_most_width = 7;
/// Whether this machine's vectors can hold the pixels of a window.
bool lookup_fits(const ConvPool& shape);
std::size_t lookup_scratch(const ConvPool& shape);  ///< bytes
/// Adds to a kernel gradient [channels][height][width][padded filters] on a cache line, of
/// packed_size() numbers; arguments.source_gradient and .kernel are not used.
void conv_pool_lookup(const ConvPool& shape, const ConvPoolBackward& arguments);
void lookup_to_plain(const ConvPool& shape, const float* lookup, float* plain);

}  // namespace ridgeline::engine::kernels
