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
#include "ridgeline/shape.hpp"
#include "ridgeline/targets.hpp"

namespace ridgeline {

/// What a loss reads: the network's output, or what enters its last softmax or sigmoid. A loss
/// that reads logits is never softmaxed twice.
enum class Head { output, logits };

class Loss {
 public:
  virtual ~Loss() = default;
  virtual std::string_view kind() const = 0;
  virtual Attributes attributes() const = 0;
  virtual Head head() const = 0;
  /// Throws UsageError, saying what to do, where this loss does not fit a network that ends in
  /// `activation` with `outputs` for one image.
  virtual void check(std::string_view activation, const Shape& outputs) const = 0;
  /// Throws DataError where the targets do not fit: a class out of range, another width, NaN.
  virtual void check(const Targets& targets, std::int64_t images, std::int64_t outputs) const = 0;
  /// What the sum over these images counts: their number, or the sum of their class weights.
  virtual double weight([[maybe_unused]] const Targets& targets, std::int64_t images) const {
    return static_cast<double>(images);
  }
  /// The sum (not the mean) of the loss over `images`, whose head's values are `values`
  /// (images x outputs). Where `gradient` is not empty it becomes scale * d(sum) / d(values).
  /// Called from several threads at once on different images.
  virtual double evaluate(std::span<const float> values, std::int64_t images,
                          const Targets& targets, double scale,
                          std::span<float> gradient) const = 0;
  /// What validation and test images are measured by: this loss without what only training adds to
  /// it, as label smoothing. Null: this loss itself.
  virtual std::shared_ptr<const Loss> for_evaluation() const { return nullptr; }
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

/// "cross-entropy", "mse", "binary-cross-entropy", as the experiment file names them. Throws
/// UsageError for an unknown kind or attribute, with the nearest known one.
LossPtr make_loss(std::string_view kind, const Attributes& attributes = {});
/// Makes a kind of loss known to make_loss and to `loss.kind` of the experiment file, and its
/// options to [loss]. The factory is given all of them, checked. Throws UsageError for a kind that
/// is known already. Thread-safe.
using LossFactory = std::function<LossPtr(const Attributes& options)>;
void register_loss(Kind kind, LossFactory factory);
/// All kinds of losses, the built-in ones first.
std::vector<Kind> loss_kinds();

}  // namespace ridgeline
