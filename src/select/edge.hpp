#pragma once
// Finds chosen numbers at the edge of the tried ones. A better number may then be beyond the edge.

#include <functional>
#include <string>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// For each searched key: whether nothing was tried beyond its chosen number, and the range to try
/// next, of the same scale, from that number on. `settle` is SelectionTask::settle, which refuses
/// numbers that the key cannot have, or empty.
///
/// 0 is among the candidates for every penalty. So its lower edge is between 0 and the smallest
/// other number. It counts as an edge if a single key is searched, one of the two numbers is
/// chosen, and it is better than the other by more than the standard error. For bounds (max_norm,
/// fixed_norm), 0 means that there is no bound. It comes after the largest number, so the same rule
/// applies to their upper edge.
///
/// If all candidates have the same score, the search made no difference, and there is no edge.
std::vector<RangeEdge> edges_of(
    const Selection& selection, const SearchSpace& over,
    const std::function<double(const std::string& key, double value)>& settle);

/// Whether at least two candidates were scored, and all have the same score.
bool all_score_alike(const Selection& selection);

}  // namespace ridgeline::selection
