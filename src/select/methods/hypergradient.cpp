// hypergradient: finds the λ at which the validation loss is flat, by the slope over log λ that
// each of a few trainings measures (train/hypergradient.hpp).
//   1. On a small share of the images it halves the range, by the sign of the slope, until the
//      minimum is within a factor of about 6.
//   2. One training on twice as many images measures the slope at the expected minimum. The two
//      shares tell how the minimum moves with the number of images.
// The step from one training to the next is that of HOAG (Pedregosa, Hyperparameter optimization
// with approximate gradient, 1602.02355): cheap and rough far from the minimum, more exact near it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ridgeline/error.hpp"
#include "select/methods/method.hpp"
#include "select/methods/scale.hpp"
#include "select/methods/shares.hpp"

namespace ridgeline::selection {
namespace {

constexpr double narrow = 0.8;  // decades of a bracket in which the slope is taken as linear
constexpr int most_looks = 6;
constexpr double farthest = 0.5;  // decades from the last training to the root of its slope
// λ ~ images^-exponent, before anything is measured: between 0 and 1 in the trainings seen so far.
constexpr double usual_exponent = 0.5, exponent_deviation = 0.25;
constexpr double e_per_decade = 2.302585;

struct Point {
  double place = 0;
  double slope = 0, error = 0;  // of the validation loss over the decades of λ
};

struct Root {
  double place = 0, deviation = 0;
  double curvature = 0;  // of the loss, over squared decades; 0: not known
};

class HypergradientMethod final : public Method {
 public:
  HypergradientMethod(const SelectOptions& options, const SelectionTask& task)
      : options_(options),
        scale_(options.over.begin()->first, options.over.begin()->second),
        share_(first_share(task)) {
    check();
  }

  std::vector<Request> next(Board& board) override;
  std::vector<Request> later(const Board& board) const override {
    const int left = std::max(0, expected_looks() - asked_);
    std::vector<Request> all(static_cast<std::size_t>(left), request(std::min(1, board.trials())));
    if (share_ < 1 && !last_) all.push_back(request(std::min(1, board.trials()), 2 * share_));
    return all;
  }
  std::optional<ModelChoice> choose(const Board& board, std::string_view rule) const override;

 private:
  void check() const;
  int expected_looks() const {
    return static_cast<int>(std::ceil(std::log2((scale_.high() - scale_.low()) / narrow)));
  }
  Request request(int trial, double share = 0) const {
    return {.id = {trial, 1, share > 0 ? share : share_}, .measure = Measure::slope};
  }
  std::vector<Request> ask(Board& board, double place, double share);
  void tell(Board& board) const;
  std::vector<Point> points(const Board& board, double share) const;
  // Where the sign of the slope changes. Ends that were not measured have no error.
  std::pair<Point, Point> bracket(const Board& board) const;
  Root first_root(const Board& board) const;
  Root root(const Board& board) const;
  std::string name(double place) const {
    return fmt::format("{:g}", scale_.value(std::clamp(place, scale_.low(), scale_.high())));
  }

  const SelectOptions& options_;
  Scale scale_;
  double share_;
  int asked_ = 0;      // trainings on the first share
  bool last_ = false;  // whether the training on the second share was asked for
  bool told_ = false;  // whether the end was told
  Request before_;
};

void HypergradientMethod::check() const {
  const auto& [key, range] = *options_.over.begin();
  constexpr std::array known{"regularize.l2", "regularize.decay", "regularize.independent_decay"};
  if (options_.over.size() != 1 || !range.values.empty() || !range.log ||
      std::ranges::find(known, key) == known.end()) {
    throw UsageError(
        "select.method = hypergradient differentiates one of regularize.l2, regularize.decay and "
        "regularize.independent_decay, between a min and a max on a log scale: choose grid, random "
        "or race for other keys");
  }
  if (options_.metric != "val_data_loss") {
    throw UsageError(
        fmt::format("select.method = hypergradient needs a score with a slope, which {} does not "
                    "have: set select.metric = val_data_loss",
                    options_.metric));
  }
}

std::vector<Request> HypergradientMethod::ask(Board& board, double place, double share) {
  before_ = request(board.trial(scale_.at(place)), share);
  return {before_};
}

// A training that diverged or has no slope counts as far too strong.
std::vector<Point> HypergradientMethod::points(const Board& board, double share) const {
  std::vector<Point> points;
  for (const auto& [request, record] : board.records()) {
    if (request.id.share != share) continue;
    Point point{.place = scale_.place(board.parameters(request.id.trial)),
                .slope = std::numeric_limits<double>::infinity()};
    const auto slope = record.values.find("slope"), error = record.values.find("slope_error");
    if (slope != record.values.end() && error != record.values.end() &&
        std::isfinite(slope->second)) {
      point.slope = slope->second * e_per_decade;
      point.error = error->second * e_per_decade;
    }
    points.push_back(point);
  }
  std::ranges::sort(points, {}, &Point::place);
  return points;
}

std::pair<Point, Point> HypergradientMethod::bracket(const Board& board) const {
  Point low{.place = scale_.low()}, high{.place = scale_.high()};
  for (const Point& point : points(board, share_)) {
    if (point.place < low.place || point.place > high.place) continue;
    (point.slope < 0 ? low : high) = point;
    if (point.slope >= 0) break;
  }
  return {low, high};
}

Root HypergradientMethod::first_root(const Board& board) const {
  const auto [low, high] = bracket(board);
  const double width = high.place - low.place;
  if (low.error == 0 && high.error > 0) return {.place = low.place, .deviation = width / 2};
  if (high.error == 0) {
    // Nothing was measured above, unless that training diverged.
    return {.place = std::isinf(high.slope) ? low.place : high.place, .deviation = width / 2};
  }
  const double curvature = (high.slope - low.slope) / width;
  return {.place = low.place - low.slope / curvature,
          .deviation = std::max(low.error, high.error) / curvature,
          .curvature = curvature};
}

Root HypergradientMethod::root(const Board& board) const {
  const Root first = first_root(board);
  const std::vector<Point> larger = points(board, 2 * share_);
  if (share_ == 1 || larger.empty() || first.curvature == 0 || std::isinf(larger[0].slope)) {
    return first;
  }
  Root second = first;
  second.place =
      larger[0].place - std::clamp(larger[0].slope / first.curvature, -farthest, farthest);
  second.deviation = larger[0].error / first.curvature;
  // The exponent, as a mean of the usual one and of the measured one.
  const double step = std::log10(2.0), measured = (first.place - second.place) / step;
  const double deviation = std::hypot(first.deviation, second.deviation) / step;
  const double weight = 1 / (1 + std::pow(deviation / exponent_deviation, 2));
  const double exponent = weight * measured + (1 - weight) * usual_exponent;
  const double far = -std::log10(2 * share_);
  return {
      .place = std::clamp(second.place - exponent * far, scale_.low(), scale_.high()),
      .deviation = std::hypot(second.deviation, std::sqrt(1 - weight) * exponent_deviation * far),
      .curvature = first.curvature};
}

void HypergradientMethod::tell(Board& board) const {
  const FoldRecord* record = board.find(before_);
  if (record == nullptr) return;
  const std::string value = name(scale_.place(board.parameters(before_.id.trial)));
  const auto slope = record->values.find("slope");
  if (slope == record->values.end() || !std::isfinite(slope->second)) {
    board.decide({before_.id.trial, fmt::format("{} has no slope: it is too strong", value)});
    return;
  }
  board.decide(
      {before_.id.trial,
       fmt::format("at {} the validation loss {} by {:.2g} +- {:.1g} for each factor e: "
                   "the minimum is at a {} value",
                   value, slope->second < 0 ? "falls" : "rises", std::abs(slope->second),
                   record->values.at("slope_error"), slope->second < 0 ? "larger" : "smaller")});
}

std::vector<Request> HypergradientMethod::next(Board& board) {
  if (asked_ > 0 && !told_) tell(board);
  if (last_) {
    if (!std::exchange(told_, true)) {
      const Root end = root(board);
      board.decide({0, fmt::format("on all images the slope is expected to be 0 at {} (a factor of "
                                   "{:.1f} is one standard deviation)",
                                   name(end.place), std::pow(10, end.deviation))});
    }
    return {};
  }
  const auto [low, high] = bracket(board);
  if (high.place - low.place > narrow && asked_ < most_looks) {
    ++asked_;
    return ask(board, (low.place + high.place) / 2, share_);
  }
  const bool at_end = high.error == 0 && std::isfinite(high.slope) && low.place < high.place;
  if (at_end && asked_ < most_looks) {  // the minimum may be beyond the strongest value
    ++asked_;
    return ask(board, high.place, share_);
  }
  last_ = true;
  if (share_ == 1) return next(board);
  const double place = first_root(board).place - usual_exponent * std::log10(2.0);
  return ask(board, std::clamp(place, scale_.low(), scale_.high()), 2 * share_);
}

std::optional<ModelChoice> HypergradientMethod::choose(const Board& board,
                                                       std::string_view rule) const {
  double error = 0;
  int epochs = 0;
  for (const auto& [request, record] : board.records()) {
    if (record.status != "done") continue;
    error = record.standard_error;
    epochs = record.epochs;
  }
  if (epochs == 0) return {};
  const Root end = root(board);
  // The loss is curvature / 2 * decades^2 above its minimum.
  const double far = end.curvature > 0 ? std::sqrt(2 * error / end.curvature) : 0;
  const auto at = [&](double place) { return std::clamp(place, scale_.low(), scale_.high()); };
  ModelChoice choice;
  const double chosen = rule == "best" ? end.place : at(end.place + far);
  choice.chosen = scale_.at(chosen);
  choice.tied = {scale_.value(at(end.place - far)), scale_.value(at(end.place + far))};
  choice.score = std::nan("");
  choice.standard_error = error;
  choice.epochs = epochs;
  return choice;
}

}  // namespace

std::unique_ptr<Method> hypergradient(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<HypergradientMethod>(options, task);
}

}  // namespace ridgeline::selection
