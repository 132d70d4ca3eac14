#pragma once
// The facts for the formulas of a convention. It notes the missing facts that were asked for, so
// that an answer can name all of them.

#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/lambda.hpp"

namespace ridgeline::interop {

class Question {
 public:
  /// `facts` must outlive the question. If the learning rate is missing, `rate_needs` is the
  /// fact that would give it.
  explicit Question(const LambdaFacts& facts, std::string_view rate_needs = "learning_rate")
      : facts_(facts), rate_needs_(rate_needs) {}

  // A number that is missing is noted, and counts as 1.
  double learning_rate() { return number(rate_needs_, facts_.learning_rate); }
  double images() { return number("images", facts_.images); }
  double batch() { return number("batch", facts_.batch); }
  double outputs() { return number("outputs", facts_.outputs); }
  double target_sd() { return number("target_sd", facts_.target_sd); }
  /// The steps of the whole training: given, or counted from epochs.
  double steps();
  std::string_view loss() { return word("loss", facts_.loss); }
  std::string_view optimizer() { return word("optimizer", facts_.optimizer); }
  double momentum() const { return facts_.momentum; }

  /// Says that no number is equivalent, and why: a sentence without a full stop.
  void refuse(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }
  bool answered() const { return missing_.empty() && reason_.empty(); }
  const std::vector<std::string>& missing() const { return missing_; }
  const std::string& reason() const { return reason_; }

 private:
  void miss(std::string_view fact);
  double number(std::string_view fact, const std::optional<double>& value);
  std::string_view word(std::string_view fact, const std::string& value);

  const LambdaFacts& facts_;
  std::string_view rate_needs_;
  std::vector<std::string> missing_;
  std::string reason_;
};

/// Whether coupled and decoupled decay are the same numbers: gd or sgd without momentum.
bool is_plain(std::string_view optimizer, double momentum);
/// Whether a step grows with the loss: gd and sgd. All others divide by the gradient's size.
bool follows_scale(std::string_view optimizer);

}  // namespace ridgeline::interop
