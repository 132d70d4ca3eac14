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

/// The numbers of a parameter and of a layer, with their names in diagnosis.csv, in the order of
/// storage.
using ParameterField = std::pair<std::string_view, double ParameterStatistics::*>;
inline constexpr std::array parameter_fields{
    ParameterField{"gradient_norm", &ParameterStatistics::gradient_norm},
    ParameterField{"weight_norm", &ParameterStatistics::weight_norm},
    ParameterField{"update_ratio", &ParameterStatistics::update_ratio},
    ParameterField{"shrink", &ParameterStatistics::shrink},
    ParameterField{"penalty", &ParameterStatistics::penalty},
    ParameterField{"penalty_gradient", &ParameterStatistics::penalty_gradient},
    ParameterField{"effective_rate", &ParameterStatistics::effective_rate},
    ParameterField{"largest_gradient_norm", &ParameterStatistics::largest_gradient},
    ParameterField{"largest_update_ratio", &ParameterStatistics::largest_update}};
/// The numbers that are means over an epoch's steps; all others are the largest of a step.
inline constexpr auto mean_fields = std::span(parameter_fields).first<7>();
inline constexpr auto peak_fields = std::span(parameter_fields).last<2>();
static_assert(mean_fields.size() + peak_fields.size() == parameter_fields.size());
using ActivationField = std::pair<std::string_view, double ActivationStatistics::*>;
inline constexpr std::array activation_fields{
    ActivationField{"activation_rms", &ActivationStatistics::rms},
    ActivationField{"activation_mean", &ActivationStatistics::mean_absolute},
    ActivationField{"dead_units", &ActivationStatistics::dead}};

/// The statistics of a step. The largest numbers are those of the step.
std::vector<ParameterStatistics> of_step(const engine::UpdateReport& report,
                                         const engine::UpdateRule& rule);
/// Adds a step to the sums of an epoch.
void add_step(EpochStatistics& sums, const std::vector<ParameterStatistics>& step);
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
