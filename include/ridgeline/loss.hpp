#pragma once
// Losses: what is minimised, beside the penalty. All are means over the images of the batch
// (class weights: over the sum of the weights met).

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

/// What a loss reads: the network's outputs, or what enters the softmax or sigmoid that ends them.
/// A loss that reads logits is never softmaxed twice.
enum class Head { output, logits };

/// Where a loss writes its gradient: as many numbers as each output has, one span for each output.
/// Empty: no gradient is wanted.
using GradientSpans = std::span<const std::span<float>>;

class Loss {
 public:
  virtual ~Loss() = default;
  virtual std::string_view kind() const = 0;
  virtual Attributes attributes() const = 0;
  virtual Head head() const = 0;
  /// Throws UsageError, saying what to do, where this loss does not fit a network with such
  /// outputs.
  virtual void check(std::span<const OutputSpec> outputs) const = 0;
  /// Throws DataError where the targets do not fit: a class out of range, another width, NaN. The
  /// first image of these is number `first_image` in messages.
  virtual void check_targets(const Targets& targets, std::span<const OutputSpec> outputs,
                             std::int64_t first_image) const = 0;
  /// What the mean divides by: the sum over the images of their "weight", times class weights where
  /// there are any. Without either it is the number of images.
  virtual double weight(const Targets& targets) const;
  /// The sum (not the mean) of the loss over the images, each times its weight. `outputs` has what
  /// the head gave, by the names of the network's outputs and in their order. The gradients become
  /// scale * d(sum) / d(outputs). Called from several threads at once on different images.
  virtual double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                          GradientSpans gradients) const = 0;
  /// What validation and test images are measured by: this loss without what only training adds to
  /// it, as label smoothing. Null: this loss itself.
  virtual std::shared_ptr<const Loss> for_evaluation() const { return nullptr; }

  /// The same for a network with one output: images x outputs numbers. `gradient` may be empty.
  double evaluate(std::span<const float> values, const Targets& targets, double scale,
                  std::span<float> gradient) const;
};

using LossPtr = std::shared_ptr<const Loss>;

struct CrossEntropy {
  double label_smoothing = 0;         ///< towards the uniform distribution, in [0, 1); of the
                                      ///< training alone: evaluation is without it
  std::vector<double> class_weights;  ///< one per class, or empty
};
/// Softmax cross-entropy, computed from the logits; the network ends in a softmax. With targets t
/// (one-hot or soft, in [0, 1]), smoothing s, weights w and k classes, an image's loss is
///   -sum_c w_c ((1 - s) t_c + s / k) log softmax_c
/// and the mean divides by the sum over the images of sum_c w_c t_c (not smoothed): PyTorch's
/// convention for class indices, kept for soft targets, so that an index and its one-hot form
/// agree. Throws UsageError for smoothing outside [0, 1), negative weights or weights that are all
/// 0.
LossPtr cross_entropy(const CrossEntropy& options = {});
/// The mean over images and outputs of the squared difference, without a half. Class targets
/// count as one-hot; for a single output as the value 0 or 1.
LossPtr mean_squared_error();
/// The mean over images and outputs; computed from the logits; the network ends in a sigmoid.
/// Targets are classes, as in mean_squared_error(), or probabilities in [0, 1], one per output.
LossPtr binary_cross_entropy();

/// Focal loss (Lin et al., arXiv 1708.02002): -sum_c w_c t_c (1 - p_c)^gamma log p_c of the softmax
/// p; the mean divides as cross_entropy()'s does, and gamma = 0 is that loss. Throws UsageError for
/// weights as cross_entropy() does.
LossPtr focal(double gamma = 2, std::vector<double> class_weights = {});
/// The same for each output of a sigmoid, the mean over images and outputs: torchvision's
/// sigmoid_focal_loss. `alpha`, in [0, 1], is the share of targets of 1.
LossPtr binary_focal(double gamma = 2, double alpha = 0.25);

/// "cross-entropy", "mse", "binary-cross-entropy", "focal", "binary-focal", as the experiment file
/// names them. Throws UsageError for an unknown kind or attribute, with the nearest known one.
LossPtr make_loss(std::string_view kind, const Attributes& attributes = {});
/// Makes a kind of loss known to make_loss and to `loss.kind` of the experiment file, and its
/// options to [loss]. The factory is given all of them, checked. Throws UsageError for a kind that
/// is known already. Thread-safe.
using LossFactory = std::function<LossPtr(const Attributes& options)>;
void register_loss(Kind kind, LossFactory factory);
/// All kinds of losses, the built-in ones first.
std::vector<Kind> loss_kinds();

}  // namespace ridgeline
