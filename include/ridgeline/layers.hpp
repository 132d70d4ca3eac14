#pragma once
// The built-in layers. The defaults are those of Keras: Glorot uniform kernels, zero biases, 'same'
// padding with the odd pixel at the right and bottom, batch-norm momentum 0.99 and epsilon 1e-3.
// Shapes are {channels, height, width} for one image. An option out of range is a UsageError when
// the layer is made. Shapes that do not fit are a UsageError of infer() (network.hpp).
//
// Files use the same names for the options. There a Pair is one number or [height, width]; a
// Padding is "valid", "same", a number of pixels or [top, bottom, left, right]; and the option of
// activation() is called "function".

#include "ridgeline/layer.hpp"

namespace ridgeline {

/// Height and width; one number serves for both.
struct Pair {
  std::int64_t height = 1;
  std::int64_t width = 1;
  constexpr Pair(std::int64_t both) : height(both), width(both) {}  // NOLINT: one number for both
  constexpr Pair(std::int64_t h, std::int64_t w) : height(h), width(w) {}
  friend bool operator==(const Pair&, const Pair&) = default;
};

/// The padding around an image before a window slides over it.
struct Padding {
  enum class Kind { valid, same, explicit_ } kind = Kind::valid;
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;  ///< for explicit padding only
  static constexpr Padding valid() { return {}; }
  static constexpr Padding same() { return {Kind::same}; }
  static constexpr Padding pixels(std::int64_t p) { return {Kind::explicit_, p, p, p, p}; }
  friend bool operator==(const Padding&, const Padding&) = default;
};

// Activations: "linear", "relu", "relu6" (at most 6), "leaky_relu" (0.01),
// "leaky_relu(SLOPE)", "sigmoid", "tanh", "gelu" (exact, with erf), "silu", "softmax" (over
// channels or units).
//
// Initialisers: "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
// "lecun_normal", "he_uniform_fan_out", "he_normal_fan_out" (variance 2 / fan_out; a depthwise
// convolution's fan_out is its kernel's pixels), "orthogonal", "zeros", "ones", "constant(VALUE)",
// "normal(DEVIATION)". Normal distributions are truncated at two standard deviations and rescaled,
// as in Keras.

struct Conv2D {
  std::int64_t filters = 0;  ///< at least 1, a multiple of `groups`
  Pair kernel = 3;
  Pair stride = 1;
  Pair dilation = 1;
  std::int64_t groups = 1;  ///< must divide the number of input channels
  Padding padding = Padding::valid();
  std::string activation = "linear";
  bool use_bias = true;
  std::string kernel_initializer = "glorot_uniform";
  std::string bias_initializer = "zeros";
};
struct Pool2D {
  Pair window = 2;
  Pair stride = 0;                     ///< 0: the window's size
  Padding padding = Padding::valid();  ///< smaller than the window
};
struct AdaptivePool2D {
  Pair size = 1;  ///< of the output, at least 1
};
struct Upsample2D {
  Pair size = 2;                          ///< whole factors, at least 1
  std::string interpolation = "nearest";  ///< or "bilinear"
};
struct Dense {
  std::int64_t units = 0;  ///< at least 1
  std::string activation = "linear";
  bool use_bias = true;
  std::string kernel_initializer = "glorot_uniform";
  std::string bias_initializer = "zeros";
};
struct BatchNorm2D {
  double momentum = 0.99;  ///< running = momentum * running + (1 - momentum) * batch's
  double epsilon = 1e-3;
};
struct Dropout {
  /// The share of values that are set to zero, in [0, 1). The others are multiplied by 1 / (1 -
  /// rate).
  double rate = 0.5;
};
struct SpatialDropout2D {
  double rate = 0.5;  ///< the share of channels that are set to zero; otherwise as Dropout
};
struct GaussianNoise {
  double stddev = 0;  ///< of the noise, above 0
};
struct ActivityRegularization {
  double l2 = 0, l1 = 0;  ///< at least 0
};
struct Normalize {
  std::vector<double> mean;  ///< per channel, in the units of the input ([0, 1])
  std::vector<double> std;   ///< per channel, above 0
};

/// Cross-correlation over {C, H, W}; kernel {filters, C / groups, height, width}.
Layer conv2d(const Conv2D& options);
/// The maximum of each window, without the padding. Of equal maxima the first in row-major order
/// counts.
Layer max_pool2d(const Pool2D& options = {});
/// The mean of each window over the pixels inside the image, without the padding.
Layer average_pool2d(const Pool2D& options = {});
/// {C, H, W} to {C, size} for images of any size: row i of the output is the mean of the rows from
/// floor(i H / h) up to, but not including, ceil((i + 1) H / h), where h is the height of the
/// output; likewise the columns. Smaller images are repeated (PyTorch's AdaptiveAvgPool2d).
Layer adaptive_average_pool2d(const AdaptivePool2D& options);
/// {C, H, W} to {C, size * H, size * W}. Bilinear interpolation is between the centres of pixels
/// and repeats the border, as in Keras and as PyTorch's align_corners = False.
Layer upsample2d(const Upsample2D& options = {});
/// {C, H, W} to {C}: the mean over all pixels.
Layer global_average_pool2d();
/// {C, H, W} to {C * H * W}, in that order.
Layer flatten();
/// y = W x + b over {in}; kernel {units, in}.
Layer dense(const Dense& options);
/// Normalises each channel over the batch and its pixels (Ioffe and Szegedy, arXiv 1502.03167).
Layer batch_norm2d(const BatchNorm2D& options = {});
/// Inverted dropout (Srivastava et al., JMLR 15, 2014); does nothing outside training.
Layer dropout(const Dropout& options = {});
/// Dropout of whole channels of {C, H, W} (Tompson et al., arXiv 1411.4280; Keras's
/// SpatialDropout2D, PyTorch's Dropout2d); does nothing outside training.
Layer spatial_dropout2d(const SpatialDropout2D& options = {});
/// Adds Gaussian noise of mean 0 (Keras's GaussianNoise); does nothing outside training.
Layer gaussian_noise(const GaussianNoise& options);
/// Gives its input a unchanged and adds to the objective the mean over the images of the batch of
///   l2/2 |a|^2 + l1 |a|_1
/// It does not depend on the weights of the loss or on the division of a batch. Its gradient is (l2
/// a + l1 sign(a)) / images, with sign(0) = 0. It is part of the penalty, in training and in
/// evaluation. (Keras's ActivityRegularization(l1, l2) takes half of this l2.)
Layer activity_regularization(const ActivityRegularization& options);
/// The sum of inputs of equal shape.
Layer add();
/// Joins the inputs along the channels.
Layer concat();
Layer activation(std::string name);
/// (x - mean) / std per channel, saved with the model.
Layer normalize(const Normalize& options);

}  // namespace ridgeline
