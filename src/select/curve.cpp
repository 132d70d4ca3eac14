#include "select/curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "select/axes.hpp"
#include "select/canvas.hpp"
#include "select/score.hpp"

namespace ridgeline::selection {
namespace {

constexpr int label_columns = 8;
constexpr std::size_t curve_step = 8;  // of the model's points, for the range of scores

double value_of(const Trial& trial) {
  return trial.parameters.begin()->second;
}

class Drawing {
 public:
  Drawing(std::vector<const Trial*> trials, const Selection& selection, const std::string& metric,
          const CurveStyle& style)
      : trials_(std::move(trials)),
        selection_(selection),
        metric_(metric),
        style_(style),
        columns_(style.width - label_columns - 2),
        values_(values(), columns_),
        higher_is_better_(higher_is_better(metric, selection.trials)),
        range_(score_range(points(), higher_is_better_)),
        canvas_({columns_, style.height, style.utf8, style.colours}) {}

  std::string text() {
    draw_bound();
    draw_model();
    draw_lines();
    for (const Trial* trial : trials_) draw(*trial);
    std::string text = legend();
    const int every = std::max(2, (style_.height - 1) / 4);
    for (int row = 0; row < style_.height; ++row) {
      const bool labelled = row % every == 0;
      text += fmt::format("{:>{}} {}{}\n", labelled ? label(row) : "", label_columns,
                          glyph(labelled ? "┤" : "│", labelled ? "+" : "|"), canvas_.row(row));
    }
    return text + bottom();
  }

 private:
  std::vector<double> values() const {
    std::vector<double> values;
    for (const Trial* t : trials_) values.push_back(value_of(*t));
    if (const auto& curve = selection_.curve) {
      values.insert(values.end(), curve->values.begin(), curve->values.end());
    }
    return values;
  }
  std::vector<ScorePoint> points() const {
    std::vector<ScorePoint> points;
    for (const Trial* t : trials_) {
      if (t->status == "done") points.push_back({t->score, known_error(*t), training(*t)});
    }
    const std::size_t count = selection_.curve ? selection_.curve->values.size() : 0;
    for (std::size_t i = 0; i < count; i += curve_step) {
      const double score = modelled(i, 0);
      points.push_back({score, selection_.curve->deviation[i], score});
    }
    return points;
  }
  double training(const Trial& t) const { return t.train->value(name_of(metric_)); }
  bool chosen(const Trial& t) const { return t.parameters == selection_.chosen; }
  const char* glyph(const char* utf8, const char* ascii) const {
    return style_.utf8 ? utf8 : ascii;
  }

  double y(double score) const {
    return (range_.high - score) / (range_.high - range_.low) * (style_.height - 1);
  }
  int row(double score) const {
    return std::clamp(static_cast<int>(std::lround(y(score))), 0, style_.height - 1);
  }
  std::string label(int row) const {
    if (std::max(std::abs(range_.low), std::abs(range_.high)) >= 1e5) {
      return short_number(range_.high - (range_.high - range_.low) / (style_.height - 1) * row);
    }
    const double step = (range_.high - range_.low) / (style_.height - 1);
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step))), 0, 5);
    return fmt::format("{:.{}f}", range_.high - step * row, digits);
  }

  // The score up to which trials are tied with the best.
  void draw_bound() {
    if (!selection_.tied) return;
    const double sign = higher_is_better_ ? -1 : 1;
    const Trial* best = nullptr;
    for (const Trial* t : trials_) {
      if (t->status != "done") continue;
      if (best == nullptr || sign * t->score < sign * best->score) best = t;
    }
    const double bound = best->score + sign * known_error(*best);
    if (known_error(*best) == 0 || !range_.contains(bound)) return;
    for (int c = 0; c < columns_ - 2; ++c) canvas_.mark(c, row(bound), "┈", '-', Ink::faint);
  }

  // The score of the model's curve, so many deviations above it.
  double modelled(std::size_t i, double deviations) const {
    const ModelCurve& curve = *selection_.curve;
    const double sign = higher_is_better_ ? -1 : 1;
    return curve.best_score + sign * (curve.above_best[i] + deviations * curve.deviation[i]);
  }

  // The model's curve and its band of one deviation on each side.
  void draw_model() {
    if (!selection_.curve) return;
    const std::vector<double>& x = selection_.curve->values;
    for (std::size_t i = values_.zero_apart() ? 2 : 1; i < x.size(); ++i) {
      const double from = values_.column(x[i - 1]), to = values_.column(x[i]);
      for (const double side : {-1.0, 1.0, 0.0}) {
        canvas_.line({from, y(modelled(i - 1, side))}, {to, y(modelled(i, side))},
                     side == 0 ? Ink::accent : Ink::faint, side == 0 ? 1 : 2);
      }
    }
  }

  void draw_lines() {
    const Trial* before = nullptr;
    for (const Trial* t : trials_) {
      if (t->status != "done" || (values_.zero_apart() && value_of(*t) == 0)) continue;
      if (before != nullptr) {
        const double from = values_.column(value_of(*before)), to = values_.column(value_of(*t));
        canvas_.line({from, y(training(*before))}, {to, y(training(*t))}, Ink::faint, 2);
        if (!selection_.curve) {
          canvas_.line({from, y(before->score)}, {to, y(t->score)}, Ink::accent);
        }
      }
      before = t;
    }
  }

  void draw(const Trial& t) {
    const int column = values_.column(value_of(t));
    const int worst = higher_is_better_ ? style_.height - 1 : 0;
    if (t.status != "done") {
      canvas_.mark(column, worst, "×", 'x', Ink::strong);
      return;
    }
    const Ink ink = chosen(t) ? Ink::strong : Ink::accent;
    const double train = training(t);
    canvas_.mark(column, row(train), range_.contains(train) ? "○" : arrow(train),
                 range_.contains(train) ? 'o' : ascii_arrow(train), Ink::faint);
    if (!range_.contains(t.score)) {
      canvas_.mark(column, row(t.score), arrow(t.score), ascii_arrow(t.score), ink);
      return;
    }
    const int top = row(t.score + known_error(t)), bottom = row(t.score - known_error(t));
    for (int r = top; r <= bottom && top < bottom; ++r) {
      canvas_.mark(column, r, r == top ? "┬" : r == bottom ? "┴" : "│", '|', ink);
    }
    canvas_.mark(column, row(t.score), chosen(t) ? "◆" : "●", chosen(t) ? '#' : '*', ink);
  }
  const char* arrow(double score) const { return score > range_.high ? "↑" : "↓"; }
  char ascii_arrow(double score) const { return score > range_.high ? '^' : 'v'; }

  std::string legend() const {
    const auto item = [&](const char* utf8, const char* ascii, Ink ink, std::string_view meaning) {
      return fmt::format("   {} {}", inked(glyph(utf8, ascii), ink, style_.colours), meaning);
    };
    std::string text = fmt::format("{:>{}}", name_of(metric_), label_columns);
    text += item("●", "*", Ink::accent, "validation") + item("○", "o", Ink::faint, "training");
    if (!selection_.chosen.empty()) text += item("◆", "#", Ink::strong, "chosen");
    if (selection_.curve) text += item("⠒", ".", Ink::accent, "model ± deviation");
    if (selection_.tied) text += item("┈", "-", Ink::faint, "one s.e. from the best");
    return text + "\n";
  }

  std::string bottom() const {
    std::vector<std::string> axis(static_cast<std::size_t>(columns_), glyph("─", "-"));
    std::string labels(static_cast<std::size_t>(columns_ + 12), ' ');
    for (const auto& [column, label] : values_.ticks()) {
      axis[static_cast<std::size_t>(column)] = glyph("┴", "+");
      const int from = std::max(0, column - static_cast<int>(label.size()) / 2);
      labels.replace(static_cast<std::size_t>(from), label.size(), label);
    }
    if (values_.zero_apart()) {
      const auto gap = static_cast<std::size_t>(values_.gap());
      axis[gap - 1] = axis[gap] = glyph("╱", "/");
    }
    labels.erase(labels.find_last_not_of(' ') + 1);
    std::string text = fmt::format("{:>{}} {}", "", label_columns, glyph("└", "+"));
    for (const std::string& part : axis) text += part;
    const std::string& key = trials_.front()->parameters.begin()->first;
    const int left = std::max(0, (style_.width + label_columns - static_cast<int>(key.size())) / 2);
    return fmt::format("{}\n{:>{}}  {}\n{:>{}}{}\n", text, "", label_columns, labels, "", left,
                       key);
  }

  std::vector<const Trial*> trials_;  // by value; done and diverged ones
  const Selection& selection_;
  const std::string& metric_;
  const CurveStyle& style_;
  int columns_;
  ValueAxis values_;
  bool higher_is_better_;
  ScoreRange range_;
  Canvas canvas_;
};

}  // namespace

std::string draw_curve(const Selection& selection, const std::string& metric,
                       const CurveStyle& style) {
  std::vector<const Trial*> trials;
  int done = 0;
  for (const Trial& t : selection.trials) {
    if (t.parameters.size() != 1) return {};
    if (t.status == "done" && std::isfinite(t.score)) ++done;
    if (t.status == "done" || t.status == "diverged") trials.push_back(&t);
  }
  if (done < 2) return {};
  std::ranges::stable_sort(trials, {}, [](const Trial* t) { return value_of(*t); });
  CurveStyle safe = style;
  safe.width = std::max(style.width, 40);
  safe.height = std::max(style.height, 6);
  return Drawing(std::move(trials), selection, metric, safe).text();
}

}  // namespace ridgeline::selection
