#pragma once
// Losses. Training minimises the loss plus the penalty. Every loss is a mean over the images of the
// batch; with class weights it is divided by the sum of the weights.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/option.hpp"
#include "ridgeline/output_spec.hpp"
#include "ridgeline/targets.hpp"

namespace ridgeline {

/// What a loss reads: the network's outputs, or the logits, which are the inputs of the final
/// softmax or sigmoid.
enum class Head { output, logits };

/// Where a loss writes its gradient: one span for each output, with as many numbers as the output.
/// Empty if no gradient is wanted.
using GradientSpans = std::span<const std::span<float>>;

class Loss {
 public:
  virtual ~Loss() = default;
  virtual std::string_view kind() const = 0;
  virtual Attributes attributes() const = 0;
  virtual Head head() const = 0;
  /// Throws UsageError if this loss does not fit a network with such outputs. The message says what
  /// to do.
  virtual void check(std::span<const OutputSpec> outputs) const = 0;
  /// Throws DataError if the targets do not fit: a class out of range, a wrong width, NaN. In
  /// messages the first of these images has the number `first_image`.
  virtual void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                             std::int64_t first_image) const = 0;
  /// The divisor of the mean: the sum of the images' "weight", each times its class weight if there
  /// are class weights. Without weights it is the number of images.
  virtual double weight(const Targets& targets) const;
  /// The sum (not the mean) of the loss over the images, each times its weight. `outputs` has one
  /// tensor for each output of the network, with its name and in the same order: outputs or logits,
  /// as head() says. The gradients become scale * d(sum) / d(outputs). Several threads call it at
  /// once for different images.
  virtual double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                          GradientSpans gradients) const = 0;
  /// The loss for validation and test images, without changes that are only for training, such as
  /// label smoothing. Null: this loss.
  virtual std::shared_ptr<const Loss> for_evaluation() const { return nullptr; }

  /// The same for a network with one output: images x outputs numbers. `gradient` may be empty.
  double evaluate(std::span<const float> values, const Targets& targets, double scale,
                  std::span<float> gradient) const;
};

using LossPtr = std::shared_ptr<const Loss>;

struct CrossEntropy {
  double label_smoothing = 0;  ///< towards the uniform distribution, in [0, 1); only in training
  std::vector<double> class_weights;  ///< one per class, or empty
};
/// Softmax cross-entropy, computed from the logits. The network must end in a softmax. With targets
/// t (one-hot or soft, in [0, 1]), smoothing s, weights w and k classes, an image's loss is
///   -sum_c w_c ((1 - s) t_c + s / k) log softmax_c
/// and the mean divides by the sum over the images of sum_c w_c t_c (not smoothed). This is
/// PyTorch's convention for class indices. Soft targets follow it too, so that an index and its
/// one-hot form agree. Throws UsageError if the smoothing is outside [0, 1), a weight is negative,
/// or all weights are 0.
LossPtr cross_entropy(const CrossEntropy& options = {});
/// The mean over images and outputs of the squared difference, without a factor 1/2. Classes are
/// compared as one-hot targets, or with a single output as the value 0 or 1.
LossPtr mean_squared_error();
/// Binary cross-entropy, computed from the logits: the mean over images and outputs. The network
/// must end in a sigmoid. Targets are classes, as in mean_squared_error(), or one probability in
/// [0, 1] per output.
LossPtr binary_cross_entropy();

/// Focal loss (Lin et al., arXiv 1708.02002): -sum_c w_c t_c (1 - p_c)^gamma log p_c of the softmax
/// p. The divisor of the mean is that of cross_entropy(); gamma = 0 gives cross_entropy(). Throws
/// UsageError for weights as cross_entropy().
LossPtr focal(double gamma = 2, std::vector<double> class_weights = {});
/// The same for each output of a sigmoid: the mean over images and outputs, as torchvision's
/// sigmoid_focal_loss. Targets of 1 have the weight `alpha`, in [0, 1]; targets of 0 have 1 -
/// alpha.
LossPtr binary_focal(double gamma = 2, double alpha = 0.25);

/// "cross-entropy", "mse", "binary-cross-entropy", "focal", "binary-focal", with the names of the
/// experiment file. Throws UsageError for an unknown kind or attribute, with the nearest known one.
LossPtr make_loss(std::string_view kind, const Attributes& attributes = {});
/// Adds a kind of loss to make_loss and to `loss.kind` of the experiment file, and its options to
/// [loss]. The factory gets all options, checked. Throws UsageError if the kind is already known.
/// Thread-safe.
using LossFactory = std::function<LossPtr(const Attributes& options)>;
void register_loss(Kind kind, LossFactory factory);
/// All kinds of losses, the built-in ones first.
std::vector<Kind> loss_kinds();

}  // namespace ridgeline
