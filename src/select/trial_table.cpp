#include "select/trial_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

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

// As number() has the score, both alike, so that one sees what the error is of it.
std::string with_error(double score, std::string_view plus_minus, double error) {
  if (is_plain(score)) return fmt::format("{:.4f} {} {:.4f}", score, plus_minus, error);
  return fmt::format("{:.1e} {} {:.1e}", score, plus_minus, error);
}

// "l2" of "regularize.l2": the section is said by the command that was given.
std::string_view short_name(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

std::size_t width_of(std::string_view key) {
  return std::max<std::size_t>(short_name(key).size(), 9) + 2;
}

}  // namespace

TrialTable::TrialTable(const SearchSpace& over, std::string metric, bool utf8)
    : over_(over), metric_(std::move(metric)), plus_minus_(utf8 ? "±" : "+-") {}

std::string TrialTable::header() const {
  const bool by_accuracy = metric_ == "val_accuracy";
  const std::string score = by_accuracy                  ? "val acc"
                            : metric_ == "val_data_loss" ? "val loss"
                                                         : metric_;
  std::string text = "trial";
  for (const auto& [key, range] : over_) {
    text += fmt::format("{:>{}}", short_name(key), width_of(key));
  }
  return text +
         fmt::format("{:>18}{:>9}{:>12}{:>11}  {}", fmt::format("{} {} s.e.", score, plus_minus_),
                     by_accuracy ? "val loss" : "val acc", "train loss", "train acc", "status");
}

std::string TrialTable::line(const Trial& t) const {
  std::string text = fmt::format("{:>5}", t.number);
  for (const auto& [key, range] : over_) {
    text += fmt::format("{:>{}.4g}", t.parameters.at(key), width_of(key));
  }
  const bool measured = t.status == "done";
  const auto cell = [](const std::optional<Metrics>& metrics, double Metrics::*value) {
    return metrics ? number(*metrics.*value) : "-";
  };
  const std::string score = measured ? with_error(t.score, plus_minus_, t.standard_error) : "-";
  return text + fmt::format("{:>18}{:>9}{:>12}{:>11}  {}", score,
                            cell(t.validation, metric_ == "val_accuracy" ? &Metrics::data_loss
                                                                         : &Metrics::accuracy),
                            cell(t.train, &Metrics::data_loss), cell(t.train, &Metrics::accuracy),
                            t.status);
}

}  // namespace ridgeline::selection
