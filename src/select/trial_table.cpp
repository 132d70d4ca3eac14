#include "select/trial_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "metrics/title.hpp"
#include "select/assignment.hpp"
#include "select/share_text.hpp"

namespace ridgeline::selection {
namespace {

bool is_plain(double value) {
  const double size = std::abs(value);
  return size == 0 || (size >= 1e-3 && size < 1e5);
}

std::string number(double value) {
  if (!std::isfinite(value)) return "-";
  return is_plain(value) ? fmt::format("{:.4f}", value) : fmt::format("{:.1e}", value);
}

// With the same digits as the score, so that both can be compared.
std::string with_error(double score, std::string_view plus_minus, double error) {
  if (!std::isfinite(error)) return number(score);
  if (is_plain(score)) return fmt::format("{:.4f} {} {:.4f}", score, plus_minus, error);
  return fmt::format("{:.1e} {} {:.1e}", score, plus_minus, error);
}

// "l2" of "regularize.l2". The user has given the section in the command.
std::string_view short_name(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

// "val acc" for "accuracy".
std::string title(std::string_view set, std::string_view metric) {
  return metric.empty() ? "" : fmt::format("{} {}", set, metrics::short_title(metric));
}

// " after epoch 1 of 1/8 of the images" for a trial that was trained in part.
std::string part_text(const Trial& t) {
  if (t.status != "left" && t.status != "partial") return {};
  return fmt::format(" after epoch {}{}", t.epochs,
                     t.share < 1 ? " of " + images_text(t.share) : "");
}

std::size_t width_of(std::string_view key, const Range& range) {
  std::size_t width = std::max<std::size_t>(short_name(key).size(), 9);
  for (const std::string& name : range.names) width = std::max(width, name.size());
  return width + 2;
}

}  // namespace

TrialTable::TrialTable(const SearchSpace& over, std::string metric, const TrialStyle& style)
    : over_(over),
      metric_(std::move(metric)),
      plus_minus_(style.utf8 ? "±" : "+-"),
      utf8_(style.utf8),
      page_width_(style.width) {
  set_widths();
}

void TrialTable::show(std::string metric) {
  shown_ = std::move(metric);
  set_widths();
}

void TrialTable::set_widths() {
  // At least two blanks before the score's title, even if the metric's name is long.
  constexpr int least_width = 18;
  const auto title = score_title().size() - (utf8_ ? 1 : 0);
  score_width_ = std::max(least_width, static_cast<int>(title) + 2);
  std::size_t keys = 0;
  for (const auto& [key, range] : over_) keys += width_of(key, range);
  constexpr std::size_t others = 5 + 9 + 12 + 11 + 2 + 8;
  with_metrics_ = page_width_ >= static_cast<int>(keys + others) + score_width_;
}

std::string TrialTable::score_title() const {
  const std::string score = by_shown()                   ? title("val", shown_)
                            : metric_ == "val_data_loss" ? "val loss"
                                                         : metric_;
  return fmt::format("{} {} s.e.", score, plus_minus_);
}

std::string TrialTable::header() const {
  std::string text = "trial";
  for (const auto& [key, range] : over_) {
    text += fmt::format("{:>{}}", short_name(key), width_of(key, range));
  }
  text += fmt::format("{:>{}}", score_title(), score_width_);
  // "done" and "diverged" need no title.
  if (!with_metrics_) return text;
  return text + fmt::format("{:>9}{:>12}{:>11}  status",
                            by_shown() ? "val loss" : title("val", shown_), "train loss",
                            title("train", shown_));
}

std::string TrialTable::line(const Trial& t) const {
  std::string text = fmt::format("{:>5}", t.number);
  for (const auto& [key, range] : over_) {
    text += fmt::format("{:>{}}", value_text(range, t.parameters.at(key)), width_of(key, range));
  }
  const bool measured = std::isfinite(t.score);
  const auto cell = [](const std::optional<Metrics>& metrics, std::string_view name) {
    const MetricValue* metric = metrics ? metrics->find(name) : nullptr;
    return metric                           ? number(metric->value)
           : metrics && name == "data_loss" ? number(metrics->data_loss)
                                            : "-";
  };
  const std::string score = measured ? with_error(t.score, plus_minus_, t.standard_error) : "-";
  text += fmt::format("{:>{}}", score, score_width_);
  if (with_metrics_) {
    text += fmt::format("{:>9}{:>12}{:>11}", cell(t.validation, by_shown() ? "data_loss" : shown_),
                        cell(t.train, "data_loss"), cell(t.train, shown_));
  }
  return fmt::format("{}  {}{}", text, t.status, part_text(t));
}

}  // namespace ridgeline::selection
