#pragma once
// Candidates as points of the unit cube: one coordinate for each searched key.

#include <functional>
#include <vector>

#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {

/// A point of the unit cube.
using UnitPoint = std::vector<double>;

class Space {
 public:
  /// `search` outlives the space.
  explicit Space(const Search& search) : search_(search) {}

  std::size_t dimensions() const { return search_.over.size(); }
  /// The candidate at a point. A key with a list takes value i in [i / n, (i + 1) / n).
  Assignment at(const UnitPoint& point) const;
  /// The candidate with 0 for every key that takes it, and the point's values for the others.
  Assignment zero(const UnitPoint& point) const;
  /// The point of a candidate. A 0 outside a range is at its lower end, and the middle of its part
  /// is the place of a listed value.
  UnitPoint place(const Assignment& candidate) const;

 private:
  Assignment settled(const UnitPoint& point, bool zero) const;

  const Search& search_;
};

/// Candidates from the points that `draw` gives for 0, 1, 2, ...: `search.trials` different ones,
/// or fewer if there are no more. The first is Space::zero().
std::vector<Assignment> sample(const Search& search, const std::function<UnitPoint(int)>& draw);

}  // namespace ridgeline::selection
