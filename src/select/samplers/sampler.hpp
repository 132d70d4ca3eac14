#pragma once
// Chooses the values to try.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

struct Search {
  const SearchSpace& over;
  int trials = 1;
  std::uint64_t seed = 1;
  /// SelectionTask::settle, or empty if every value is valid as it is.
  std::function<double(const std::string& key, double value)> settle;

  double settled(const std::string& key, double value) const {
    return settle ? settle(key, value) : value;
  }
};

/// All candidates of a search, each once. For every key of "regularize", 0 is among them. If
/// several are searched, one candidate is 0 in all of them.
using Sampler = std::vector<Assignment> (*)(const Search& search);

/// Every combination of evenly spaced values of each range, on its scale. There are at most
/// `trials`, divided between the ranges as equally as possible. All listed values are tried.
std::vector<Assignment> sample_grid(const Search& search);
/// The values of each key in the grid.
std::map<std::string, std::vector<double>> grid_values(const Search& search);
/// `trials` draws, uniform on each range's scale (Bergstra and Bengio, JMLR 13, 2012), or fewer if
/// the ranges have no more values. The first is 0 in every key of "regularize".
std::vector<Assignment> sample_random(const Search& search);
/// `trials` points of Sobol's sequence, which cover the ranges more evenly than random ones. The
/// first is 0 in every key of "regularize".
std::vector<Assignment> sample_sobol(const Search& search);

/// SelectOptions::sampler; "grid" or "sobol" for "auto".
std::string sampler_name(const SelectOptions& options);
/// By that name. Throws UsageError for an unknown name, with the nearest known one.
Sampler sampler_of(const SelectOptions& options);

/// Throws UsageError for a range that is empty, not finite, or not positive on a log scale.
void check(const std::string& key, const Range& range);
/// Whether 0 belongs among a key's candidates.
bool takes_zero(std::string_view key);
/// The value at `position` in [0, 1] of a range, on its scale, to four significant digits if the
/// range is wide enough.
double value_at(const Range& range, double position);

/// The value rounded to so many significant digits.
double with_digits(double value, int digits);

}  // namespace ridgeline::selection
