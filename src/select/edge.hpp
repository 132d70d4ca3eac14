#pragma once
// Whether what was chosen is at the edge of what was tried: a better number may then be beyond it.

#include <functional>
#include <string>
#include <vector>

#include "ridgeline/selection.hpp"

namespace ridgeline::selection {

/// Of each searched key: whether nothing was tried beyond its chosen number, and what to try next,
/// a range of the same scale that begins at that number. `settle`: as SelectionTask has it, which
/// refuses numbers that the key cannot have; or empty.
///
/// 0 is among the candidates for every penalty. Its lower edge is between 0 and the smallest other
/// number: it counts as one where a single key is searched and one of the two is chosen and better
/// than the other by more than the standard error. Of bounds (max_norm, fixed_norm) 0 is none, and
/// comes after the largest number: the same holds for their upper edge.
///
/// Where all candidates score alike, what was searched made no difference, and there is no edge.
std::vector<RangeEdge> edges_of(
    const Selection& selection, const SearchSpace& over,
    const std::function<double(const std::string& key, double value)>& settle);

/// Whether at least two candidates were scored, and all have the same score.
bool all_score_alike(const Selection& selection);

}  // namespace ridgeline::selection
