// evidence: the λ with the largest log marginal likelihood of the training images, without
// validation data (train/evidence.hpp). It trains a value for each decade and chooses the maximum
// of the parabola through the best one and its neighbours.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ridgeline/error.hpp"
#include "select/methods/method.hpp"
#include "select/methods/scale.hpp"

namespace ridgeline::selection {
namespace {

constexpr double tied_evidence =
    3;                    // nats: "positive" evidence begins here (Kass and Raftery, 1995)
constexpr int least = 4;  // candidates

struct Point {
  double place = 0, evidence = 0;
};

class EvidenceMethod final : public Method {
 public:
  explicit EvidenceMethod(const SelectOptions& options)
      : options_(options), scale_(options.over.begin()->first, options.over.begin()->second) {
    const auto& [key, range] = *options.over.begin();
    if (options.over.size() != 1 || key != "regularize.l2" || !range.values.empty() || !range.log) {
      throw UsageError(
          "select.method = evidence chooses regularize.l2, the precision of a prior, between a min "
          "and a max on a log scale: choose grid, random or race for other keys");
    }
  }

  std::vector<Request> next(Board& board) override;
  std::optional<ModelChoice> choose(const Board& board, std::string_view rule) const override;

 private:
  std::vector<Point> points(const Board& board) const;

  const SelectOptions& options_;
  Scale scale_;
  bool asked_ = false, told_ = false;
};

std::vector<Point> EvidenceMethod::points(const Board& board) const {
  std::vector<Point> points;
  for (const auto& [request, record] : board.records()) {
    const auto found = record.values.find("log_evidence");
    if (found == record.values.end() || !std::isfinite(found->second)) continue;
    points.push_back(
        {std::log10(board.parameters(request.id.trial).begin()->second), found->second});
  }
  std::ranges::sort(points, {}, &Point::place);
  return points;
}

// λ = 0 has no evidence, because it is no prior.
std::vector<Request> EvidenceMethod::next(Board& board) {
  if (std::exchange(asked_, true)) {
    if (std::exchange(told_, true)) return {};
    for (const auto& [request, record] : board.records()) {
      const auto value = [&](const char* name) {
        const auto found = record.values.find(name);
        return found == record.values.end() ? std::nan("") : found->second;
      };
      board.decide(
          {request.id.trial,
           fmt::format("{:g} has the log evidence {:.6g}: the data determine {:.0f} "
                       "weights, and the next strength of MacKay's rule is {:.2g}",
                       board.parameters(request.id.trial).begin()->second, value("log_evidence"),
                       value("effective_parameters"), value("fixed_point"))});
    }
    return {};
  }
  const Range& range = options_.over.begin()->second;
  const double low = std::log10(range.min), high = std::log10(range.max);
  const int count = std::max(least, static_cast<int>(std::lround(high - low)) + 1);
  std::vector<Request> requests;
  for (int i = 0; i < count; ++i) {
    const double value = std::pow(10, low + (high - low) * i / (count - 1));
    const int trial = board.trial({{options_.over.begin()->first, with_digits(value, 2)}});
    requests.push_back({.id = {trial, 1}, .measure = Measure::evidence});
  }
  return requests;
}

std::optional<ModelChoice> EvidenceMethod::choose(const Board& board, std::string_view) const {
  const std::vector<Point> all = points(board);
  if (all.empty()) return {};
  const auto best = std::ranges::max_element(all, {}, &Point::evidence);
  Point top = *best;
  double far = 0;  // decades within which the evidence is tied
  if (best != all.begin() && best + 1 != all.end()) {
    // The parabola through three places at equal distances.
    const Point &left = best[-1], &right = best[1];
    const double step = (right.place - left.place) / 2;
    const double bend = left.evidence - 2 * best->evidence + right.evidence;
    top.place += step * (left.evidence - right.evidence) / (2 * bend);
    far = step * std::sqrt(2 * tied_evidence / -bend);
  }
  ModelChoice choice;
  const auto value = [&](double place) {
    return scale_.value(std::clamp(place, scale_.low() + 1e-9, scale_.high()));
  };
  choice.chosen = {{options_.over.begin()->first, value(top.place)}};
  choice.tied = {value(top.place - far), value(top.place + far)};
  choice.score = choice.standard_error = std::nan("");
  return choice;
}

}  // namespace

std::unique_ptr<Method> evidence(const SelectOptions& options, const SelectionTask&) {
  return std::make_unique<EvidenceMethod>(options);
}

}  // namespace ridgeline::selection
