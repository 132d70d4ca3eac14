#include "interop/lambda/question.hpp"

#include <algorithm>

namespace ridgeline::interop {

double Question::steps() {
  if (facts_.steps) return *facts_.steps;
  if (!facts_.epochs) return number("steps", facts_.steps);
  return *facts_.epochs * images() / batch();
}

void Question::miss(std::string_view fact) {
  if (std::ranges::find(missing_, fact) == missing_.end()) missing_.emplace_back(fact);
}

double Question::number(std::string_view fact, const std::optional<double>& value) {
  if (!value) miss(fact);
  return value.value_or(1);
}

std::string_view Question::word(std::string_view fact, const std::string& value) {
  if (value.empty()) miss(fact);
  return value;
}

bool follows_scale(std::string_view optimizer) {
  return optimizer == "gd" || optimizer == "sgd";
}

bool is_plain(std::string_view optimizer, double momentum) {
  return follows_scale(optimizer) && momentum == 0;
}

}  // namespace ridgeline::interop
