#include "network/activation.hpp"

#include <gtest/gtest.h>

#include "support/expect_error.hpp"

namespace ridgeline::network {
namespace {

using Kind = Activation::Kind;

TEST(Activation, ParsesAndWritesEveryName) {
  for (const char* name :
       {"linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "gelu", "silu", "softmax"}) {
    EXPECT_EQ(parse_activation(name).text(), name);
  }
  EXPECT_EQ(parse_activation("gelu").kind, Kind::gelu);
  EXPECT_EQ(parse_activation("softmax").kind, Kind::softmax);
}

TEST(Activation, SlopeOfLeakyRelu) {
  EXPECT_EQ(parse_activation("leaky_relu"), (Activation{Kind::leaky_relu, 0.01}));
  EXPECT_EQ(parse_activation("leaky_relu(0.2)"), (Activation{Kind::leaky_relu, 0.2}));
  EXPECT_EQ(parse_activation("leaky_relu(0.20)").text(), "leaky_relu(0.2)");
  EXPECT_EQ(parse_activation("leaky_relu(1e-2)").text(), "leaky_relu");
}

TEST(Activation, RefusesWhatItDoesNotKnow) {
  EXPECT_USAGE_ERROR(parse_activation("rleu"),
                     "there is no activation 'rleu': did you mean 'relu'?");
  EXPECT_USAGE_ERROR(
      parse_activation(""),
      "there is no activation '': known are linear, relu, relu6, leaky_relu, sigmoid, "
      "tanh, gelu, silu, softmax");
  EXPECT_USAGE_ERROR(parse_activation("relu(2)"),
                     "activation 'relu(2)' takes no number: write 'relu'");
  EXPECT_USAGE_ERROR(parse_activation("relu6(6)"),
                     "activation 'relu6(6)' takes no number: write 'relu6'");
  EXPECT_USAGE_ERROR(parse_activation("leaky_relu(-1)"),
                     "the slope of leaky_relu must be between 0 and 1, not -1");
  for (const std::string text : {"leaky_relu(", "leaky_relu()", "leaky_relu(0.1", "leaky_relu(x)",
                                 "leaky_relu(nan)", "leaky_relu(0.1) ", "leaky_relu(0.1 2)"}) {
    EXPECT_USAGE_ERROR(
        parse_activation(text),
        "activation '" + text + "' must be a name or a name with a number, such as name(0.1)");
  }
}

}  // namespace
}  // namespace ridgeline::network
