#include "network/padding.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/expect_error.hpp"

namespace ridgeline::network {
namespace {

/// Windows that begin at 0, stride, 2 stride, ... and end on the padded image: the definition.
std::int64_t windows_that_fit(std::int64_t size, std::int64_t kernel, std::int64_t stride,
                              std::int64_t dilation) {
  std::int64_t count = 0;
  while (count * stride + dilation * (kernel - 1) < size) ++count;
  return count;
}

TEST(Padding, CountsWindowsByDefinition) {
  for (std::int64_t size = 1; size <= 12; ++size) {
    for (std::int64_t kernel = 1; kernel <= 5; ++kernel) {
      for (std::int64_t stride = 1; stride <= 4; ++stride) {
        for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
          SCOPED_TRACE(testing::Message()
                       << size << " " << kernel << " " << stride << " " << dilation);
          const Window same{kernel, stride, dilation, Padding::same()};
          const Placement placed = place(same, size, size);
          EXPECT_EQ(placed.output_height, (size + stride - 1) / stride);
          const std::int64_t padding = placed.top + placed.bottom;
          EXPECT_EQ(windows_that_fit(size + padding, kernel, stride, dilation),
                    placed.output_height);
          if (padding > 0) {
            EXPECT_LT(windows_that_fit(size + padding - 1, kernel, stride, dilation),
                      placed.output_height);
          }
          EXPECT_EQ(placed.bottom - placed.top, padding % 2) << "the odd pixel is at the bottom";

          const Window two{kernel, stride, dilation, Padding::pixels(2)};
          const std::int64_t expected = windows_that_fit(size + 4, kernel, stride, dilation);
          if (expected > 0) {
            EXPECT_EQ(place(two, size, size), (Placement{expected, expected, 2, 2, 2, 2}));
          } else {
            EXPECT_THROW(place(two, size, size), UsageError);
          }
        }
      }
    }
  }
}

TEST(Padding, AxesAreIndependent) {
  const Window window{{3, 2}, {2, 1}, {1, 2}, Padding::same()};
  EXPECT_EQ(place(window, 6, 7), (Placement{3, 7, 0, 1, 1, 1}));
  const Window sides{{3, 2}, {2, 1}, 1, {Padding::Kind::explicit_, 0, 1, 2, 3}};
  EXPECT_EQ(place(sides, 6, 7), (Placement{3, 11, 0, 1, 2, 3}));
}

TEST(Padding, WindowsThatDoNotFit) {
  EXPECT_USAGE_ERROR(place({.kernel = {5, 3}}, 4, 4),
                     "has a window of 5x3 pixels, which does not fit into 4x4");
  EXPECT_USAGE_ERROR(place({.kernel = 3, .dilation = 2}, 4, 4),
                     "has a window of 5x5 pixels, which does not fit into 4x4");
  EXPECT_USAGE_ERROR(place({.kernel = 7, .padding = Padding::pixels(1)}, 4, 4),
                     "has a window of 7x7 pixels, which does not fit into 4x4 and its padding");
}

TEST(Padding, WindowsThatCannotBe) {
  EXPECT_USAGE_ERROR(check({.kernel = {0, 3}}),
                     "kernel must be at least 1 and at most 16777216, not 0x3");
  EXPECT_USAGE_ERROR(check({.stride = {1, -1}}),
                     "stride must be at least 1 and at most 16777216, not 1x-1");
  EXPECT_USAGE_ERROR(check({.dilation = std::int64_t{1} << 40}),
                     "dilation must be at least 1 and at most 16777216, not "
                     "1099511627776x1099511627776");
  EXPECT_USAGE_ERROR(check({.padding = Padding::pixels(-1)}),
                     "padding must be at least 0 and at most 16777216 pixels, not -1");
  EXPECT_USAGE_ERROR(check({.padding = {Padding::Kind::same, 1}}),
                     "padding in pixels must be of the explicit kind: Padding::pixels(1)");
}

}  // namespace
}  // namespace ridgeline::network
