#include "tensor/random.hpp"

#include "select/samplers/space.hpp"

namespace ridgeline::selection {

std::vector<Assignment> sample_random(const Search& search) {
  return sample(search, [&](int i) {
    UnitPoint point;
    for (std::uint64_t axis = 0; axis < search.over.size(); ++axis) {
      Random random(search.seed, Purpose::sample, static_cast<std::uint64_t>(i), axis);
      point.push_back(random.uniform_double());
    }
    return point;
  });
}

}  // namespace ridgeline::selection
