#pragma once
// The table of conventions. A row has its own objective; the conversion to ours follows from it.

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "interop/lambda/question.hpp"

namespace ridgeline::interop {

/// How a library's penalty acts.
enum class Form {
  coupled,    ///< added to the loss: l2 and l1
  decoupled,  ///< shrinks the weights separately from the step: decay
  both,       ///< ours
};

struct Row {
  LambdaConvention about;
  Form form = Form::coupled;
  bool stepwise = true;  ///< trained by steps with a learning rate; else only the minimum matters
  bool has_l2 = true, has_l1 = false;
  bool mixes = false;                    ///< its second number is the share of l1, in [0, 1]
  bool inverse = false;                  ///< its first number is infinite without a penalty
  std::vector<std::string_view> losses;  ///< the losses that it is known for; empty: all of ours
  /// Its data loss in units of ours.
  double (*scale)(Question&);
  /// Converts its numbers to l2/2 * |w|^2 + l1 * |w|_1 for its own data loss, or to a decay; and
  /// back.
  Penalty (*read)(std::span<const double> numbers, Question&);
  std::vector<double> (*write)(const Penalty&, Question&);
};

const std::vector<Row>& rows();

}  // namespace ridgeline::interop
