#pragma once
// One λ in the conventions of other libraries and papers: what must be written there to have the
// penalty that is written here, and the other way round. docs/lambda.md has the table of formulas,
// where each comes from, and its caveats.
//
// Ridgeline's own: J(w) = data_loss(w) + l2/2 * |w|^2 + l1 * |w|_1, with the data loss a mean over
// images (mse and binary-cross-entropy: over images and outputs), and w <- (1 - lr * decay) * w.

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

/// What surrounds a λ, as far as it is known. What a conversion needs and does not find here it
/// names, and never guesses. Numbers must be finite and above 0 (momentum: in [0, 1)).
struct LambdaFacts {
  /// As the convention that is converted from writes it, or Ridgeline's where it has none.
  std::optional<double> learning_rate;
  std::optional<double> images;   ///< to train on
  std::optional<double> batch;    ///< images in a step
  std::optional<double> epochs;   ///< with images and batch they give the steps
  std::optional<double> steps;    ///< updates in the whole training
  std::optional<double> outputs;  ///< of the network for an image
  /// The standard deviation of the targets, with 1/n: glmnet divides them by it.
  std::optional<double> target_sd;
  std::string optimizer;  ///< as make_optimizer names it; empty: not known
  double momentum = 0;    ///< of gd and sgd
  std::string loss;       ///< as make_loss names it; empty: not known
};

/// Numbers under the names that their library gives them, in its order: {{"alpha", 0.1},
/// {"l1_ratio", 0.5}}.
using LambdaNumbers = std::vector<std::pair<std::string, double>>;

struct LambdaConvention {
  std::string name;        ///< "keras"
  std::string title;       ///< "Keras, regularizers.L1L2"
  std::string meaning;     ///< a formula: what is minimised, or what a step does
  LambdaNumbers defaults;  ///< what it takes, its λ first, and the library's defaults
};

/// All that are known, Ridgeline's first.
std::vector<LambdaConvention> lambda_conventions();
/// Throws UsageError for an unknown name, with the nearest known one.
LambdaConvention lambda_convention(std::string_view name);

/// What convert_lambda throws where it cannot read a λ without knowing more.
struct MissingFacts : UsageError {
  MissingFacts(const std::string& message, std::vector<std::string> fields)
      : UsageError(message), facts(std::move(fields)) {}
  std::vector<std::string> facts;  ///< fields of LambdaFacts
};

/// A λ in one convention, or why it has none.
struct LambdaAnswer {
  LambdaConvention convention;
  LambdaNumbers numbers;  ///< empty where there are none; infinite where nothing is penalised
  std::optional<double> learning_rate;  ///< in it, where it has one and it is known
  std::vector<std::string> needs;       ///< the fields of LambdaFacts that were missing
  std::string reason;                   ///< a sentence: why no number says the same there
};

struct LambdaConversion {
  Penalty penalty;                      ///< Ridgeline's l2, l1 and decay
  std::optional<double> learning_rate;  ///< Ridgeline's, where it is known
  std::vector<LambdaAnswer> answers;    ///< one a convention, in the order of lambda_conventions
  /// Throws UsageError for an unknown name, with the nearest known one.
  const LambdaAnswer& in(std::string_view convention) const;
};

/// The numbers of one convention, of which one at least is given and the others have the library's
/// defaults, in all others. Two conventions that cannot say the same get a sentence in
/// place of numbers: coupled and decoupled decay are the same numbers under gd and sgd without
/// momentum, and no numbers at all otherwise. Where a library's data loss is a multiple of ours,
/// the learning rate of gd and sgd is converted too; other optimisers do not see the multiple.
///
/// Throws UsageError for an unknown convention or number, with the nearest known one, for numbers
/// and facts out of range; MissingFacts where what `from` itself needs is not among the facts.
LambdaConversion convert_lambda(std::string_view from, const LambdaNumbers& numbers,
                                const LambdaFacts& facts = {});

/// The elastic net as scikit-learn and glmnet (whose names are lambda and alpha) write it:
///   data term + alpha * (l1_ratio * |w|_1 + (1 - l1_ratio) / 2 * |w|^2)
/// where the data term is 1/(2n) * sum of squares for the loss "mse", which is outputs/2 times
/// ours, and the mean over the images for "cross-entropy" and for a single output's
/// "binary-cross-entropy". (For two classes glmnet has one vector of weights and we have two, which
/// need twice the l2: outputs = 2.)
struct ElasticNet {
  double alpha = 1;       ///< not negative
  double l1_ratio = 0.5;  ///< in [0, 1]
  std::string loss = "mse";
  std::int64_t outputs = 1;
};
/// As an l2 and an l1 on all kernels. Throws UsageError for values out of range, another loss, and
/// binary-cross-entropy of several outputs.
Regularize elastic_net(const ElasticNet& options);

}  // namespace ridgeline
