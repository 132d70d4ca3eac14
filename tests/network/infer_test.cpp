#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeline/error.hpp"
#include "ridgeline/network.hpp"

namespace ridgeline {
namespace {

TEST(Infer, ArticleCnn) {
  const Layout layout = infer(preset("article-cnn", 10), {3, 32, 32});
  EXPECT_EQ(layout.output(), Shape({10}));
  EXPECT_EQ(layout.trainable(), 315'722);
  std::int64_t flops = 0;
  for (const std::int64_t f : layout.flops) flops += f;
  // Training costs three times the forward pass, less the first layer's input gradient.
  EXPECT_EQ(3 * flops - layout.flops[0], 23'577'600);
}

TEST(Network, InitializerListAndGraphWrittenWithFunctions) {
  const Output x = input();
  const Output y = conv2d({.filters = 4, .padding = Padding::same()})(x);
  const Network graph{x, flatten()(add()(y, conv2d({.filters = 4, .kernel = 1})(x)))};
  ASSERT_EQ(graph.nodes().size(), 4u);
  EXPECT_EQ(graph.nodes()[2].name, "add_1");
  EXPECT_EQ(infer(graph, {3, 8, 8}).output(), Shape({256}));
}

}  // namespace
}  // namespace ridgeline
