// The race finds the best value of one number, such as λ, at the cost of a few trainings.
//
// Over-fitting comes from passes over the data. So a cheap training has fewer images, not fewer
// epochs: after few epochs a weak λ looks best, and only later it loses. The race
//
//   1. looks: trains a coarse grid on a small share of one fold, for all epochs. Values that are
//      much worse than the best after the first epoch leave.
//   2. looks again, where the model of the curve (select/surrogate) expects the minimum: on that
//      share, and on twice as many images. The two shares tell how the best value moves with the
//      number of images.
//   3. decides: trains on all images of the fold, on both sides of the expected minimum. A third
//      training at the minimum costs more than it tells.
//   4. checks what the looks told. If the outermost training on all images is plainly the best, it
//      goes on in that direction, whatever the model says. Else it trains the most probable other
//      minimum, or the same values on the next fold, while the expected regret of the choice is
//      larger than two standard errors of a score.
//
// All trainings have the same initial weights, batches and augmentation, so that their differences
// are paired. The choice is the minimum of the model, which averages over the noise of single
// trainings, never the luckiest training.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "select/methods/curve_choice.hpp"
#include "select/methods/method.hpp"
#include "select/methods/scale.hpp"
#include "select/methods/shares.hpp"
#include "select/score.hpp"
#include "select/share_text.hpp"
#include "select/surrogate/curve_model.hpp"

namespace ridgeline::selection {
namespace {

constexpr int least_looks = 4, most_looks = 7;
constexpr double bracket = 2.0 / 3;     // decades on each side of the expected minimum
constexpr double near = 0.25;           // decades: nearer values are the same to the model
constexpr double hopeless_errors = 10;  // standard errors worse than the best
constexpr double enough_regret = 2;     // standard errors of a score
constexpr double plainly = 2;           // standard errors of a score
constexpr int probable = 8;             // percent, of a minimum that is worth a training
constexpr int most_checks = 3;          // trainings of the last stage
constexpr int most_widenings = 2;       // of an automatic range, by a decade each

class Race final : public Method {
 public:
  Race(const SelectOptions& options, const SelectionTask& task)
      : options_(options),
        task_(task),
        range_(options.over.begin()->second),
        share_(first_share(task)) {}

  std::vector<Request> next(Board& board) override {
    switch (stage_++) {
      case 0:
        return begin(board);
      case 1:
        return first_look(board);
      case 2:
        return second_look(board);
      case 3:
        if (share_ < 1) return larger_look(board);
        ++stage_;
        [[fallthrough]];
      case 4:
        return decide(board);
      default:
        return check(board);
    }
  }

  std::vector<Request> later(const Board& board) const override {
    std::vector<Request> all;
    const auto add = [&](int count, double share) {
      for (int i = 0; i < count; ++i) all.push_back({{std::min(1, board.trials()), 1, share}});
    };
    if (stage_ <= 2) add(2, share_);
    if (stage_ <= 3 && share_ < 1) add(2, 2 * share_);
    if (stage_ <= 4) add(2, 1);
    return all;
  }

  std::optional<ModelChoice> choose(const Board& board, std::string_view rule) const override;

 private:
  std::vector<Request> begin(Board& board);
  std::vector<Request> first_look(Board& board);
  std::vector<Request> second_look(Board& board);
  std::vector<Request> wider(Board& board, const CurveModel& curve, double share);
  std::vector<Request> larger_look(Board& board);
  std::vector<Request> decide(Board& board);
  std::vector<Request> check(Board& board);

  // The most probable place of the minimum that was not trained on all images.
  struct Untried {
    double place = 0;
    int percent = 0;  // its probability
  };
  Untried most_probable(const Board& board, const CurveModel& curve) const;
  // The next value beyond the outermost training on all images, if that is plainly the best.
  std::optional<double> beyond_the_end(const Board& board) const;
  // Requests for places that were not asked for yet.
  std::vector<Request> ask(Board& board, const std::vector<double>& places, double share,
                           int fold = 1) const;
  std::vector<CurvePoint> points(const Board& board) const;
  CurveModel model(const Board& board) const;
  double error(const Board& board) const;
  double sign() const { return higher_is_better(options_.metric, {}) ? -1 : 1; }
  double within(double place) const { return std::clamp(place, scale_.low(), scale_.high()); }
  std::string name(double place) const { return fmt::format("{:g}", scale_.value(within(place))); }

  const SelectOptions& options_;
  const SelectionTask& task_;
  Range range_;  // wider than the user's if that is automatic and too narrow
  Scale scale_{options_.over.begin()->first, range_, task_.settle};
  int widened_ = 0;
  double share_;
  int stage_ = 0;
  int checks_ = 0;
  int best_first_ = 0;     // the best trial after the first epoch
  std::vector<int> left_;  // trials, after the first epoch
};

std::vector<Request> Race::ask(Board& board, const std::vector<double>& places, double share,
                               int fold) const {
  std::vector<Request> requests;
  for (const double place : places) {
    const Request request{{board.trial(scale_.at(within(place))), fold, share}};
    const bool known =
        board.find(request) || std::ranges::find(requests, request) != requests.end();
    if (!known) requests.push_back(request);
  }
  return requests;
}

// On both sides of the expected minimum, at least at a distance from it. With probability 1/2 the
// minimum is between them.
std::vector<double> around(const CurveModel& curve, double least) {
  const double best = curve.x()[curve.best()];
  return {std::min(curve.minimum(0.25), best - least), std::max(curve.minimum(0.75), best + least)};
}

// All finished trainings. A value that left after an epoch counts as if it had stayed as much worse
// than the best as it was: without it the model would not know where the curve rises.
std::vector<CurvePoint> Race::points(const Board& board) const {
  std::vector<CurvePoint> points;
  const auto add = [&](const Request& request, double score, double error) {
    points.push_back({.x = scale_.place(board.parameters(request.id.trial)),
                      .share = request.id.share,
                      .fold = request.id.fold,
                      .score = sign() * score,
                      .error = error});
  };
  for (const auto& [request, record] : board.records()) {
    if (record.status == "done" && request.until == 0) {
      add(request, record.score, record.standard_error);
    }
  }
  if (left_.empty() || points.empty()) return points;
  const Request best{{best_first_, 1, share_}};
  const FoldRecord* last = board.find(best);
  if (last == nullptr || last->status != "done") return points;
  const double first = board.find({best.id, 1})->score;
  for (const int trial : left_) {
    const FoldRecord& record = *board.find({{trial, 1, share_}, 1});
    add({{trial, 1, share_}}, last->score + record.score - first, last->standard_error);
  }
  return points;
}

CurveModel Race::model(const Board& board) const {
  return {points(board), {.low = scale_.low(), .high = scale_.high(), .seed = options_.seed}};
}

// The standard error of the best score on all images, over the validation images. Scores of
// networks that over-fit have larger ones.
double Race::error(const Board& board) const {
  double best = std::numeric_limits<double>::infinity(), error = 0;
  for (const auto& [request, record] : board.records()) {
    const bool known = request.id.share == 1 && std::isfinite(record.standard_error);
    if (!known || record.status != "done" || sign() * record.score >= best) continue;
    best = sign() * record.score;
    error = record.standard_error;
  }
  return error;
}

std::vector<Request> Race::begin(Board& board) {
  const int count = std::clamp(static_cast<int>(std::lround(scale_.high() - scale_.low())) + 1,
                               least_looks, most_looks);
  std::vector<double> places;
  for (int i = 0; i < count; ++i) {
    places.push_back(scale_.low() + (scale_.high() - scale_.low()) * i / (count - 1));
  }
  std::vector<Request> requests = ask(board, places, share_);
  for (Request& request : requests) request.until = 1;
  return requests;
}

// Values that are much worse than the best after one epoch leave. The best value's next stronger
// neighbour and all weaker values stay, because a weak λ shows only later how good it is.
std::vector<Request> Race::first_look(Board& board) {
  std::vector<int> trials;  // from the weakest value
  for (const auto& [request, record] : board.records()) {
    if (record.status != "diverged") trials.push_back(request.id.trial);
  }
  const auto record_of = [&](int trial) -> const FoldRecord& {
    return *board.find({{trial, 1, share_}, 1});
  };
  const auto score = [&](int trial) { return sign() * record_of(trial).score; };
  const auto best = std::ranges::min_element(trials, {}, score);
  if (best != trials.end()) best_first_ = *best;
  std::vector<Request> requests;
  for (auto at = trials.begin(); at != trials.end(); ++at) {
    const double error = std::hypot(record_of(*at).standard_error, record_of(*best).standard_error);
    const double errors = (score(*at) - score(*best)) / error;
    const bool protect = at - best < 2 || trials.size() <= least_looks;
    if (!protect && std::isfinite(errors) && errors > hopeless_errors) {
      const auto value = [&](int trial) { return name(scale_.place(board.parameters(trial))); };
      left_.push_back(*at);
      board.leave(*at);
      board.decide({*at, fmt::format("{} left after epoch 1: {:.0f} standard errors worse than {}",
                                     value(*at), errors, value(*best))});
      continue;
    }
    requests.push_back({{*at, 1, share_}});
  }
  return requests;
}

// An automatic range may end before the minimum. It becomes wider by a decade at a time.
std::vector<Request> Race::wider(Board& board, const CurveModel& curve, double share) {
  const bool at_end = scale_.high() - curve.x()[curve.best()] < 0.5;
  if (!range_.automatic || !at_end || widened_ >= most_widenings) return {};
  ++widened_;
  board.decide({0, fmt::format("the best value is at the upper end of the range, {:g}: the range "
                               "becomes wider",
                               range_.max)});
  range_.max *= 10;
  scale_ = Scale(options_.over.begin()->first, range_, task_.settle);
  return ask(board, {scale_.high()}, share);
}

std::vector<Request> Race::second_look(Board& board) {
  if (points(board).empty()) return {};
  const CurveModel curve = model(board);
  if (auto more = wider(board, curve, share_); !more.empty()) {
    --stage_;  // this stage again, with what the wider range gives
    return more;
  }
  double low = curve.minimum(0.2), high = curve.minimum(0.8);
  if (high - low < 2 * near) {
    const double middle = (low + high) / 2;
    low = middle - near;
    high = middle + near;
  }
  board.decide(
      {0, fmt::format("the first look, on {}, expects the minimum at {} (between {} and "
                      "{} with 60 % probability)",
                      images_text(share_), name(curve.x()[curve.best()]), name(low), name(high))});
  const double quarter = (high - low) / 4;
  return ask(board, {low + quarter, high - quarter}, share_);
}

std::vector<Request> Race::larger_look(Board& board) {
  const CurveModel curve = model(board);
  return ask(board, around(curve, bracket / 2), 2 * share_);
}

std::vector<Request> Race::decide(Board& board) {
  const CurveModel curve = model(board);
  const double best = curve.x()[curve.best()];
  if (share_ < 1) {
    board.decide({0, fmt::format("the looks expect the minimum of a training on all images at {}; "
                                 "the best value moves with images^-({:.2f} +- {:.2f})",
                                 name(best), curve.exponent().mean, curve.exponent().deviation)});
  }
  return ask(board, around(curve, bracket), 1);
}

std::vector<Request> Race::check(Board& board) {
  if (points(board).empty()) return {};
  const CurveModel curve = model(board);
  const double best = curve.x()[curve.best()];
  const double regret = curve.regret(curve.best()).mean, limit = enough_regret * error(board);
  const std::string state = fmt::format("the expected regret of {} is {:.2g}", name(best), regret);
  if (auto more = wider(board, curve, 1); !more.empty()) return more;
  if (const std::optional<double> beyond = beyond_the_end(board); beyond && checks_ < most_checks) {
    std::vector<Request> more = ask(board, {*beyond}, 1);
    if (!more.empty()) {
      ++checks_;
      board.decide({more.front().id.trial,
                    fmt::format("trainings on all images become better towards {}: it is trained "
                                "on all images too",
                                name(*beyond))});
      return more;
    }
  }
  if (regret <= limit) {
    board.decide({0, fmt::format("{}, at most {} standard errors of a score ({:.2g}): no more "
                                 "trainings",
                                 state, enough_regret, limit)});
    return {};
  }
  if (checks_ >= most_checks) {
    board.decide({0, fmt::format("{} after {} more trainings, which are enough", state, checks_)});
    return {};
  }
  const Untried untried = most_probable(board, curve);
  std::vector<Request> more;
  if (untried.percent >= probable) more = ask(board, {untried.place}, 1);
  if (!more.empty()) {
    board.decide(
        {more.front().id.trial,
         fmt::format("{}, and the minimum is at {} with {} % probability: it is trained on "
                     "all images too",
                     state, name(untried.place), untried.percent)});
  }
  for (int fold = 2; fold <= options_.folds && more.empty(); ++fold) {
    more = ask(board, {best - bracket / 2, best, best + bracket / 2}, 1, fold);
    if (!more.empty()) board.decide({0, fmt::format("{}: fold {} is trained too", state, fold)});
  }
  if (more.empty()) board.decide({0, fmt::format("{}, and all folds are trained", state)});
  checks_ += static_cast<int>(more.size());
  return more;
}

std::optional<double> Race::beyond_the_end(const Board& board) const {
  std::map<double, double> scores;  // of places, from the weakest
  for (const CurvePoint& p : points(board)) {
    if (p.share == 1 && p.fold == 1) scores.emplace(p.x, p.score);
  }
  if (scores.size() < 2) return {};
  const auto best = std::ranges::min_element(scores, {}, &std::pair<const double, double>::second);
  const bool first = best == scores.begin(), last = std::next(best) == scores.end();
  if (!first && !last) return {};
  const auto neighbour = first ? std::next(best) : std::prev(best);
  if (neighbour->second - best->second <= plainly * error(board)) return {};
  const double beyond = within(best->first + (first ? -bracket : bracket));
  if (std::abs(beyond - best->first) < near) return {};
  return beyond;
}

Race::Untried Race::most_probable(const Board& board, const CurveModel& curve) const {
  std::vector<double> known;
  for (const CurvePoint& p : points(board)) {
    if (p.share == 1) known.push_back(p.x);
  }
  Untried untried;
  for (const double x : curve.x()) {
    const auto is_near = [x](double other) { return std::abs(other - x) < near; };
    if (std::ranges::any_of(known, is_near)) continue;
    int percent = 0;
    for (int p = 0; p < 100; ++p) percent += is_near(curve.minimum(p / 100.0)) ? 1 : 0;
    if (percent > untried.percent) untried = {x, percent};
  }
  return untried;
}

std::optional<ModelChoice> Race::choose(const Board& board, std::string_view rule) const {
  const std::vector<CurvePoint> known = points(board);
  if (known.empty()) return {};
  // Fewer epochs are simpler, and of everything else more.
  return selection::choose({.scale = scale_,
                            .curve = model(board),
                            .points = known,
                            .error = error(board),
                            .sign = sign(),
                            .simpler_is_lower = options_.over.begin()->first == "train.epochs"},
                           rule);
}

}  // namespace

std::unique_ptr<Method> race(const SelectOptions& options, const SelectionTask& task) {
  if (!is_curve(options.over)) return candidate_race(options, task);
  return std::make_unique<Race>(options, task);
}

}  // namespace ridgeline::selection
