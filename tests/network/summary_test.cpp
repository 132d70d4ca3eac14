#include "network/summary.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "network/table.hpp"
#include "ridgeline/network.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

TEST(Summary, OfANarrowPageHasItsColumnsInBlocks) {
  const Network network = preset("mlp", 10);
  const PenaltyTexts penalties(infer(network, {1, 28, 28}).parameters.size(), "l2 0.0001");
  EXPECT_EQ(network::summary(network, {1, 28, 28}, penalties, 40),
            R"(Layer               Output  Parameters
────────────────────────────────────────
input              1x28x28
flatten_1              784           0
dense_1 (relu)         512     401,920
dense_2 (relu)         256     131,328
dense_3 (softmax)       10       2,570
────────────────────────────────────────
Layer              Penalty
────────────────────────────────────────
input
flatten_1
dense_1 (relu)     kernel: l2 0.0001
                   bias: l2 0.0001
dense_2 (relu)     kernel: l2 0.0001
                   bias: l2 0.0001
dense_3 (softmax)  kernel: l2 0.0001
                   bias: l2 0.0001
────────────────────────────────────────
Parameters:    535,818 (2.04 MiB)
Trainable:     535,818 (2.04 MiB)
Not trainable: 0 (0 bytes)
Forward pass:  1.07 MFLOP an image
)");
}

TEST(Summary, OfArticleCnn) {
  EXPECT_EQ(summary(preset("article-cnn", 10), {3, 32, 32}),
            R"(Layer                Output  Parameters
───────────────────────────────────────
input               3x32x32
conv2d_1 (relu)    32x30x30         896
max_pool2d_1       32x15x15           0
conv2d_2 (relu)    64x13x13      18,496
max_pool2d_2         64x6x6           0
flatten_1              2304           0
dense_1 (relu)          128     295,040
dense_2 (softmax)        10       1,290
───────────────────────────────────────
Parameters:    315,722 (1.20 MiB)
Trainable:     315,722 (1.20 MiB)
Not trainable: 0 (0 bytes)
Forward pass:  8.38 MFLOP an image
)");
}

TEST(Summary, ShowsPenaltiesOfActivations) {
  const Network network({conv2d({.filters = 2}), activity_regularization({.l2 = 0.01, .l1 = 1e-3}),
                         flatten(), dense({.units = 3})});
  const std::string text = summary(network, {1, 4, 4}, {"l2 1e-4", "", "l2 1e-4", ""});
  EXPECT_NE(text.find("activity_regularization_1   2x2x2           0  output: l2 0.01, l1 0.001\n"),
            std::string::npos)
      << text;
  std::ostringstream settings;
  settings << network;
  EXPECT_NE(settings.str().find("l2 0.01, l1 0.001"), std::string::npos) << settings.str();
}

TEST(Summary, OfAGraphWithPenalties) {
  const Output x = input();
  const Output a =
      conv2d({.filters = 16, .padding = Padding::same(), .use_bias = false}).named("stem")(x);
  const Output b = activation("relu")(batch_norm2d()(a));
  const Output c =
      concat()(a, b, max_pool2d({.window = 3, .stride = 1, .padding = Padding::same()})(b));
  const Network network(x, dense({.units = 10})(global_average_pool2d()(c)));
  EXPECT_EQ(summary(network, {3, 8, 8}, {"l2 1e-4", "", "", "", "", "l2 1e-3", "l2 1e-3"}),
            R"(Layer                    Output  Parameters  Inputs        Penalty
──────────────────────────────────────────────────────────────────────────
input                     3x8x8
stem (conv2d)            16x8x8         432                kernel: l2 1e-4
batch_norm2d_1           16x8x8          64
activation_1 (relu)      16x8x8           0
max_pool2d_1             16x8x8           0
concat_1                 48x8x8           0  stem
                                             activation_1
                                             max_pool2d_1
global_average_pool2d_1      48           0
dense_1                      10         490                kernel: l2 1e-3
                                                           bias: l2 1e-3
──────────────────────────────────────────────────────────────────────────
Parameters:    986 (3.85 KiB)
Trainable:     954 (3.73 KiB)
Not trainable: 32 (128 bytes)
Forward pass:  56.3 kFLOP an image
)");
  EXPECT_USAGE_ERROR(summary(network, {3, 8, 8}, {"l2 1e-4"}),
                     "a summary takes a penalty for each of 7 parameters, not 1");
}

TEST(Summary, ARuleIsNoWiderThanATerminal) {
  const std::string text =
      summary(Network{dense({.units = 1}).named(std::string(100, 'n'))}, {3}, {"", "l2 1"});
  const std::string rule = text.substr(text.find("─"), text.rfind("─") - text.find("─"));
  EXPECT_EQ(rule.find('\n'), 80 * std::string("─").size());
}

TEST(Printing, ANetworkGivesItsTable) {
  const Output x = input();
  const Output a = conv2d({.filters = 16, .padding = Padding::pixels(1)}).named("stem")(x);
  const Network network(x, add()(dropout()(a), a));
  std::ostringstream out;
  out << network;
  EXPECT_EQ(out.str(), R"(Layer          Settings                         Inputs
───────────────────────────────────────────────────────────────
stem (conv2d)  filters 16, kernel 3, padding 1  input
dropout_1      rate 0.5                         stem
add_1                                           dropout_1, stem
───────────────────────────────────────────────────────────────
)");
}

TEST(Printing, ALayerShowsItsPenalties) {
  Schedule cosine = 0.01;
  cosine.kind = "cosine";
  std::ostringstream out;
  out << Network{dense({.units = 3})
                     .regularize({.l2 = cosine})
                     .regularize({.l2_factor = 2, .role = "bias", .max_norm = 4})};
  EXPECT_NE(out.str().find("dense_1  units 3, l2 0.01 → 0 cosine, bias max_norm 4\n"
                           "         bias l2_factor 2\n"),
            std::string::npos)
      << out.str();
}

TEST(Numbers, ForPeople) {
  using namespace network;
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1'000), "1,000");
  EXPECT_EQ(with_thousands(-123'456), "-123,456");
  EXPECT_EQ(with_thousands(1'234'567'890), "1,234,567,890");
  EXPECT_EQ(memory_text(1023), "1023 bytes");
  EXPECT_EQ(memory_text(1024), "1.00 KiB");
  EXPECT_EQ(memory_text(300'000'000), "286 MiB");
  EXPECT_EQ(flops_text(8'377'600), "8.38 MFLOP");
  EXPECT_EQ(flops_text(25'000'000'000'000), "25.0 TFLOP");
}

}  // namespace
}  // namespace ridgeline
