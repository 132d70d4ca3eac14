#include "select/trial_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace ridgeline::selection {
namespace {

std::string number(double value) {
  if (!std::isfinite(value)) return "-";
  return value == 0 || std::abs(value) >= 1e-3 ? fmt::format("{:.4f}", value)
                                               : fmt::format("{:.1e}", value);
}

}  // namespace

TrialTable::TrialTable(const SearchSpace& over, std::string metric, bool utf8)
    : over_(over), metric_(std::move(metric)), utf8_(utf8) {}

int TrialTable::width_of(const std::string& key) const {
  return std::max(static_cast<int>(key.size()), 10) + 2;
}

std::string TrialTable::header() const {
  std::string text = "  trial";
  for (const auto& [key, range] : over_) text += fmt::format("{:>{}}", key, width_of(key));
  return text + fmt::format("{:>21}{:>11}{:>12}{:>11}{:>8}  {}",
                            metric_ + (utf8_ ? " ± s.e." : " +- s.e."),
                            metric_ == "val_accuracy" ? "val loss" : "val acc.", "train loss",
                            "train acc.", "epochs", "status");
}

std::string TrialTable::line(const Trial& t, const Selection& selection) const {
  const bool chosen = t.parameters == selection.chosen;
  const double value = t.parameters.begin()->second;
  const bool tied = selection.tied && t.status == "done" && value >= selection.tied->first &&
                    value <= selection.tied->second;
  std::string text = fmt::format("{} {:>5}",
                                 chosen ? (utf8_ ? "◆" : ">")
                                 : tied ? (utf8_ ? "┈" : "=")
                                        : " ",
                                 t.number);
  for (const auto& [key, range] : over_) {
    text += fmt::format("{:>{}.4g}", t.parameters.at(key), width_of(key));
  }
  const bool measured = t.status == "done";
  const auto cell = [](const std::optional<Metrics>& metrics, double Metrics::*value) {
    return metrics ? number(*metrics.*value) : "-";
  };
  text +=
      fmt::format("{:>12} {:<2}{:<6}", measured ? number(t.score) : "-",
                  measured ? (utf8_ ? "±" : "+-") : "", measured ? number(t.standard_error) : "");
  text += fmt::format(
      "{:>11}{:>12}{:>11}{:>8}  {}",
      cell(t.validation, metric_ == "val_accuracy" ? &Metrics::data_loss : &Metrics::accuracy),
      cell(t.train, &Metrics::data_loss), cell(t.train, &Metrics::accuracy), t.epochs,
      chosen ? "chosen"
      : tied ? "tied"
             : t.status);
  return text;
}

std::string TrialTable::text(const Selection& selection) const {
  std::string text = header() + "\n";
  for (const Trial& t : selection.trials) text += line(t, selection) + "\n";
  return text;
}

}  // namespace ridgeline::selection
