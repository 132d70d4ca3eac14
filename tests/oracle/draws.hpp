#pragma once
// Random networks and shapes for the comparison with the reference.

#include <fmt/format.h>

#include "oracle/harness.hpp"
#include "ridgeline/layers.hpp"

namespace ridgeline::oracle {

// Compares `make(random)` for many draws. Most must have no near-ties.
inline void compare_many(int draws, const std::function<Case(Random&)>& make) {
  int compared = 0;
  for (int draw = 0; draw < draws; ++draw) {
    Random random(static_cast<std::uint64_t>(draw), Purpose::test, 77);
    Case c = make(random);
    c.images = 1 + static_cast<std::int64_t>(random.below(7));
    c.threads = 1 + static_cast<int>(random.below(2));
    c.shards = 1 + static_cast<int>(random.below(4));
    std::ostringstream what;
    what << "draw " << draw << ": " << c.network << " on " << c.input.text() << ", " << c.images
         << " images, " << c.shards << " shards";
    SCOPED_TRACE(what.str());
    Harness harness(std::move(c), static_cast<std::uint64_t>(draw));
    compared += harness.compare(reference::cross_entropy_of(harness.labels()));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GE(compared, draws * 2 / 3) << "near-ties excluded the others";
}

inline std::int64_t pick(Random& random, std::initializer_list<std::int64_t> values) {
  return values.begin()[random.below(values.size())];
}

inline Case with_head(Random& random, std::vector<Layer> layers, Shape input, bool flat = false) {
  if (!flat) layers.push_back(flatten());
  layers.push_back(dense({.units = pick(random, {2, 3, 10}), .activation = "softmax"}));
  return {.network = Network(layers), .input = std::move(input)};
}

inline Shape image(Random& random) {
  return {pick(random, {1, 2, 3, 5, 16, 17, 33}), pick(random, {5, 6, 7, 9, 12}),
          pick(random, {5, 6, 8, 11})};
}

inline Padding padding(Random& random, std::int64_t most) {
  switch (random.below(3)) {
    case 0:
      return Padding::valid();
    case 1:
      return Padding::same();
    default:
      const auto pixels = [&] {
        return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most + 1)));
      };
      return {Padding::Kind::explicit_, pixels(), pixels(), pixels(), pixels()};
  }
}

}  // namespace ridgeline::oracle
