#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "interop/lambda/conventions.hpp"
#include "options/check.hpp"

namespace ridgeline {
namespace {

using interop::follows_scale;
using interop::Form;
using interop::is_plain;
using interop::Question;
using interop::Row;

std::size_t find_row(std::string_view name) {
  const auto& rows = interop::rows();
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].about.name == name) return i;
    known.push_back(rows[i].about.name);
  }
  throw UsageError(fmt::format("there is no convention '{}': {}", name, suggestion(name, known)));
}

void check_facts(const LambdaFacts& facts) {
  const auto check = [](std::string_view name, const std::optional<double>& value) {
    require(!value || (*value > 0 && std::isfinite(*value)), "{} must be a number above 0, not {}",
            name, value.value_or(0));
  };
  check("learning_rate", facts.learning_rate);
  check("images", facts.images);
  check("batch", facts.batch);
  check("epochs", facts.epochs);
  check("steps", facts.steps);
  check("outputs", facts.outputs);
  check("target_sd", facts.target_sd);
  require(facts.momentum >= 0 && facts.momentum < 1, "momentum must be in [0, 1), not {}",
          facts.momentum);
}

/// All numbers in the row's order, with its defaults.
std::vector<double> complete(const Row& row, const LambdaNumbers& given) {
  const LambdaNumbers& known = row.about.defaults;
  std::vector<std::string_view> names;
  std::vector<double> numbers;
  for (const auto& [name, value] : known) {
    names.push_back(name);
    numbers.push_back(value);
  }
  require(!given.empty(), "{} needs a number: {}", row.about.name, fmt::join(names, ", "));
  for (const auto& [name, value] : given) {
    const auto at = std::ranges::find(names, name);
    require(at != names.end(), "{} has no number '{}': {}", row.about.name, name,
            suggestion(name, names));
    const auto index = static_cast<std::size_t>(at - names.begin());
    if (index == 0 && row.inverse) {
      require(value > 0, "{} of {} must be above 0, not {}", name, row.about.name, value);
    } else {
      require(value >= 0 && std::isfinite(value),
              "{} of {} must be a number that is not negative, not {}", name, row.about.name,
              value);
    }
    require(index != 1 || !row.mixes || value <= 1, "{} of {} must be in [0, 1], not {}", name,
            row.about.name, value);
    numbers[index] = value;
  }
  return numbers;
}

/// Refuses a row that has another data loss.
void check_loss(const Row& row, Question& q) {
  if (row.losses.empty() || std::ranges::find(row.losses, q.loss()) != row.losses.end()) return;
  if (q.loss().empty()) return;  // noted as missing
  q.refuse(fmt::format("its loss is {}, not {}", fmt::join(row.losses, " or "), q.loss()));
}

/// Adds the loss that a row implies, if the facts do not give one.
LambdaFacts with_loss(LambdaFacts facts, const Row& row) {
  if (facts.loss.empty() && row.losses.size() == 1) facts.loss = row.losses.front();
  return facts;
}

void refuse_coupling(std::string_view optimizer, double decay, Question& q) {
  if (optimizer.empty()) return;  // noted as missing
  if (!follows_scale(optimizer)) {
    q.refuse(
        fmt::format("{} rescales gradients, also that of l2, but not decay: no number makes them "
                    "the same",
                    optimizer));
  } else if (decay > 0) {
    q.refuse(
        fmt::format("with momentum {0}, l2 is in the velocity and decay is not: the steps "
                    "differ, though the weights have the same equilibrium as with l2 = {1:.6g}",
                    q.momentum(), decay * (1 - q.momentum())));
  } else {
    q.refuse(
        fmt::format("with momentum {}, l2 is in the velocity and decay is not: the steps differ",
                    q.momentum()));
  }
}

/// Our penalty with only the terms that `row` has.
Penalty in_form(const Row& row, Penalty p, Question& q) {
  const bool coupled = row.form == Form::coupled, decoupled = row.form == Form::decoupled;
  if ((coupled && p.decay > 0) || (decoupled && p.l2 > 0)) {
    const std::string_view optimizer = q.optimizer();
    if (!is_plain(optimizer, q.momentum())) refuse_coupling(optimizer, p.decay, q);
    const double both = p.l2 + p.decay;
    p.l2 = coupled ? both : 0;
    p.decay = coupled ? 0 : both;
  }
  if (p.l1 > 0 && !row.has_l1) q.refuse("it has no l1");
  if (p.l2 > 0 && !row.has_l2) q.refuse("it has no l2");
  return p;
}

struct Ours {
  Penalty penalty;
  std::optional<double> learning_rate;
};

Ours read(const Row& row, const LambdaNumbers& given, const LambdaFacts& facts) {
  Question q(facts);
  check_loss(row, q);
  const double scale = row.scale(q);
  Penalty penalty = row.read(complete(row, given), q);
  penalty.l2 /= scale;
  penalty.l1 /= scale;
  require(q.reason().empty(), "{}: {}", row.about.name, q.reason());
  if (!q.missing().empty()) {
    throw MissingFacts(fmt::format("{} needs {}", row.about.name, fmt::join(q.missing(), ", ")),
                       q.missing());
  }
  require(std::isfinite(penalty.l2) && std::isfinite(penalty.l1) && std::isfinite(penalty.decay),
          "{} is too large a number: here it would be infinite", row.about.name);
  std::optional<double> rate = facts.learning_rate;
  if (row.stepwise && rate && scale != 1) {
    if (facts.optimizer.empty()) rate.reset();
    if (follows_scale(facts.optimizer)) *rate *= scale;
  }
  return {penalty, rate};
}

LambdaAnswer write(const Row& row, const Penalty& ours, const LambdaFacts& facts,
                   std::string_view rate_needs) {
  const LambdaFacts complete = with_loss(facts, row);
  Question q(complete, rate_needs);
  LambdaAnswer answer{.convention = row.about};
  check_loss(row, q);
  const double scale = row.scale(q);
  Penalty penalty = in_form(row, ours, q);
  penalty.l2 *= scale;
  penalty.l1 *= scale;
  const std::vector<double> numbers = row.write(penalty, q);
  answer.reason = q.reason();
  if (!q.reason().empty()) return answer;
  answer.needs = q.missing();
  if (!q.answered()) return answer;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    answer.numbers.emplace_back(row.about.defaults[i].first, numbers[i]);
  }
  if (row.stepwise && facts.learning_rate && (scale == 1 || !facts.optimizer.empty())) {
    answer.learning_rate =
        follows_scale(facts.optimizer) ? *facts.learning_rate / scale : *facts.learning_rate;
  }
  return answer;
}

}  // namespace

std::vector<LambdaConvention> lambda_conventions() {
  std::vector<LambdaConvention> conventions;
  for (const Row& row : interop::rows()) conventions.push_back(row.about);
  return conventions;
}

LambdaConvention lambda_convention(std::string_view name) {
  return interop::rows()[find_row(name)].about;
}

const LambdaAnswer& LambdaConversion::in(std::string_view convention) const {
  return answers.at(find_row(convention));
}

LambdaConversion convert_lambda(std::string_view from, const LambdaNumbers& numbers,
                                const LambdaFacts& facts) {
  const Row& row = interop::rows()[find_row(from)];
  check_facts(facts);
  LambdaFacts known = with_loss(facts, row);
  const Ours ours = read(row, numbers, known);
  known.learning_rate = ours.learning_rate;
  LambdaConversion conversion{ours.penalty, ours.learning_rate, {}};
  // A given learning rate cannot be converted without the optimiser.
  const bool lost = facts.learning_rate && !ours.learning_rate;
  for (const Row& other : interop::rows()) {
    conversion.answers.push_back(
        write(other, ours.penalty, known, lost ? "optimizer" : "learning_rate"));
  }
  return conversion;
}

}  // namespace ridgeline
