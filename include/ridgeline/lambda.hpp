#pragma once
// Converts a λ between the conventions of Ridgeline, other libraries and papers. docs/lambda.md has
// the formulas, their sources and their caveats.
//
// Ridgeline's convention is J(w) = data_loss(w) + l2/2 * |w|^2 + l1 * |w|_1, and
// w <- (1 - lr * decay) * w. The data loss is a mean over images (mse and binary-cross-entropy:
// over images and outputs).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeline/error.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline {

/// Facts about the training that some conversions need. A conversion never guesses a missing fact:
/// it says which one it needs. Numbers must be finite and above 0 (momentum: in [0, 1)).
struct LambdaFacts {
  /// The learning rate in the convention that is converted from, or Ridgeline's if that convention
  /// has none.
  std::optional<double> learning_rate;
  std::optional<double> images;   ///< training images
  std::optional<double> batch;    ///< images per step
  std::optional<double> epochs;   ///< images, batch and epochs together give the steps
  std::optional<double> steps;    ///< updates in the whole training
  std::optional<double> outputs;  ///< of the network, per image
  /// The standard deviation of the targets (with 1/n). glmnet divides the targets by it.
  std::optional<double> target_sd;
  std::string optimizer;  ///< a name of make_optimizer; empty: not known
  double momentum = 0;    ///< of gd and sgd
  std::string loss;       ///< a name of make_loss; empty: not known
};

/// Numbers with the names and in the order of their library: {{"alpha", 0.1}, {"l1_ratio", 0.5}}.
using LambdaNumbers = std::vector<std::pair<std::string, double>>;

struct LambdaConvention {
  std::string name;        ///< "keras"
  std::string title;       ///< "Keras, regularizers.L1L2"
  std::string meaning;     ///< a formula: what is minimised, or how a step is computed
  LambdaNumbers defaults;  ///< its numbers, λ first, with the library's defaults
};

/// All known conventions, Ridgeline's first.
std::vector<LambdaConvention> lambda_conventions();
/// Throws UsageError for an unknown name, with the nearest known one.
LambdaConvention lambda_convention(std::string_view name);

/// convert_lambda throws this if a λ has no meaning without further facts.
struct MissingFacts : UsageError {
  MissingFacts(const std::string& message, std::vector<std::string> fields)
      : UsageError(message), facts(std::move(fields)) {}
  std::vector<std::string> facts;  ///< the missing fields of LambdaFacts
};

/// A λ in one convention, or the reason why it cannot be expressed there.
struct LambdaAnswer {
  LambdaConvention convention;
  LambdaNumbers numbers;  ///< empty if there are none; infinite if nothing is penalised
  std::optional<double> learning_rate;  ///< in this convention, if it has one and it is known
  std::vector<std::string> needs;       ///< the fields of LambdaFacts that were missing
  std::string reason;                   ///< a sentence: why no number has the same effect there
};

struct LambdaConversion {
  Penalty penalty;                      ///< Ridgeline's l2, l1 and decay
  std::optional<double> learning_rate;  ///< Ridgeline's, if it is known
  std::vector<LambdaAnswer> answers;    ///< one per convention, in the order of lambda_conventions
  /// Throws UsageError for an unknown name, with the nearest known one.
  const LambdaAnswer& in(std::string_view convention) const;
};

/// Converts the numbers of the convention `from` to all conventions. At least one number must be
/// given; the others have the library's defaults. If a convention cannot express the same penalty,
/// its answer has a sentence in place of numbers. For example, coupled and decoupled decay are the
/// same under gd and sgd without momentum, and never otherwise. If a library's data loss is a
/// multiple of ours, the learning rate of gd and sgd is converted too; other optimisers do not
/// depend on the multiple.
///
/// Throws UsageError for an unknown convention or number, with the nearest known one, and for
/// numbers and facts out of range. Throws MissingFacts if `from` itself needs a fact that is not
/// given.
LambdaConversion convert_lambda(std::string_view from, const LambdaNumbers& numbers,
                                const LambdaFacts& facts = {});

/// The elastic net in the convention of scikit-learn, and of glmnet, which calls the numbers lambda
/// and alpha:
///   data term + alpha * (l1_ratio * |w|_1 + (1 - l1_ratio) / 2 * |w|^2)
/// For the loss "mse" the data term is 1/(2n) * sum of squares, which is outputs/2 times ours. For
/// "cross-entropy", and for "binary-cross-entropy" of one output, it is the mean over the images.
/// (For two classes glmnet has one vector of weights and Ridgeline has two. These need twice the
/// l2: outputs = 2.)
struct ElasticNet {
  double alpha = 1;       ///< not negative
  double l1_ratio = 0.5;  ///< in [0, 1]
  std::string loss = "mse";
  std::int64_t outputs = 1;
};
/// The same penalty as an l2 and an l1 on all kernels. Throws UsageError for values out of range,
/// another loss, and binary-cross-entropy of several outputs.
Regularize elastic_net(const ElasticNet& options);

}  // namespace ridgeline
