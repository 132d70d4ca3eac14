#include "engine/kernels/transpose.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "engine/targets.hpp"

namespace ridgeline::engine::kernels {
namespace {

TEST(Transpose, AgreesWithItsDefinitionOnEveryTarget) {
  on_every_target(1, [](std::uint64_t) {
    for (const std::size_t rows : {1, 2, 3, 4, 5, 8, 17, 64}) {
      for (const std::size_t columns : {1, 3, 4, 7, 16, 36, 49}) {
        std::vector<float> from(rows * columns), to(rows * columns, -1);
        std::iota(from.begin(), from.end(), 0.0F);
        transpose(from.data(), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns),
                  to.data());
        for (std::size_t r = 0; r < rows; ++r) {
          for (std::size_t c = 0; c < columns; ++c) {
            ASSERT_EQ(to[c * rows + r], from[r * columns + c]) << rows << "x" << columns;
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace ridgeline::engine::kernels
