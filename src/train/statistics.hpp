#pragma once
// Statistics of an epoch from the reports of its steps, and as rows of numbers.

#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/update.hpp"
#include "ridgeline/diagnosis.hpp"

namespace ridgeline::train {

/// The numbers of a parameter and of a layer, in the order in which they are stored, by the names
/// that diagnosis.csv has for them.
using ParameterField = std::pair<std::string_view, double ParameterStatistics::*>;
inline constexpr std::array parameter_fields{
    ParameterField{"gradient_norm", &ParameterStatistics::gradient_norm},
    ParameterField{"weight_norm", &ParameterStatistics::weight_norm},
    ParameterField{"update_ratio", &ParameterStatistics::update_ratio},
    ParameterField{"shrink", &ParameterStatistics::shrink},
    ParameterField{"penalty", &ParameterStatistics::penalty},
    ParameterField{"penalty_gradient", &ParameterStatistics::penalty_gradient},
    ParameterField{"effective_rate", &ParameterStatistics::effective_rate}};
using ActivationField = std::pair<std::string_view, double ActivationStatistics::*>;
inline constexpr std::array activation_fields{
    ActivationField{"activation_rms", &ActivationStatistics::rms},
    ActivationField{"activation_mean", &ActivationStatistics::mean_absolute},
    ActivationField{"dead_units", &ActivationStatistics::dead}};

/// Adds a step to the sums of an epoch.
void add_step(EpochStatistics& sums, const engine::UpdateReport& report,
              const engine::UpdateRule& rule);
/// From sums over the steps to means.
EpochStatistics means(EpochStatistics sums);

/// How many parameters and layers there are.
struct StatisticsSize {
  std::size_t parameters, layers;
  std::size_t columns() const {
    return 2 + parameters * parameter_fields.size() + layers * activation_fields.size();
  }
};
/// Appends one row of size.columns() numbers, and reads one back to the bit.
void append_row(std::vector<double>& rows, const EpochStatistics& epoch,
                const StatisticsSize& size);
EpochStatistics statistics_of(std::span<const double> row, const StatisticsSize& size);

}  // namespace ridgeline::train
