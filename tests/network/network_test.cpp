#include "ridgeline/network.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const Network& network) {
  std::vector<std::string> names;
  for (const Node& node : network.nodes()) names.push_back(node.name);
  return names;
}

std::vector<std::vector<int>> inputs(const Network& network) {
  std::vector<std::vector<int>> inputs;
  for (const Node& node : network.nodes()) inputs.push_back(node.inputs);
  return inputs;
}

const Layer conv = conv2d({.filters = 4, .padding = Padding::same()});

TEST(Network, NamesByKindAndOrderUnlessALayerHasItsOwn) {
  const Network network{conv, dropout(), conv.named("stem"), conv, conv.named("conv2d_2"), conv};
  EXPECT_THAT(names(network),
              ElementsAre("conv2d_1", "dropout_1", "stem", "conv2d_3", "conv2d_2", "conv2d_4"));
  EXPECT_THAT(inputs(network), ElementsAre(ElementsAre(-1), ElementsAre(0), ElementsAre(1),
                                           ElementsAre(2), ElementsAre(3), ElementsAre(4)));
  EXPECT_EQ(network.find("stem"), 2);
  EXPECT_EQ(network.find("image"), -1);
  EXPECT_EQ(network.name_of(2), "stem");
  EXPECT_EQ(network.name_of(Node::image), "input");
}

TEST(Network, RefusesNames) {
  EXPECT_USAGE_ERROR((Network{conv.named("a"), conv.named("a")}),
                     "two layers are named 'a': rename one of them");
  EXPECT_USAGE_ERROR((Network{conv.named("input")}),
                     "a layer cannot be named 'input', which is the image");
  for (const std::string name : {"a.b", "a b", "a*", "naïve", "a\n"}) {
    EXPECT_USAGE_ERROR(
        Network{conv.named(name)},
        "the layer name '" + name + "' may have only letters, digits, '_', '-' and '/'");
  }
}

TEST(Network, ComparesStructure) {
  const Network network{conv, flatten()};
  EXPECT_EQ(network, (Network{conv, flatten()}));
  EXPECT_EQ(network, (Network{conv.named("conv2d_1"), flatten()}))
      << "names count, not their origin";
  EXPECT_NE(network, (Network{conv.named("stem"), flatten()}));
  EXPECT_NE(network, (Network{conv2d({.filters = 4}), flatten()}));
  EXPECT_NE(network, (Network{conv}));
  EXPECT_EQ(network, Network(network.nodes()));
}

TEST(Network, GivesThePenaltiesOfItsLayersAsRules) {
  const Layer own = conv.regularize({.l2 = 0.5}).regularize({.l1 = 0.1, .role = "bias"});
  const Output x = input();
  const Output stem = own.named("stem")(x);
  Network network(x, add()(conv(stem), own(stem)));
  const Output plain = conv.named("stem")(x);
  const Network without(x, add()(conv(plain), conv(plain)));
  EXPECT_NE(network, without);
  const std::vector<PenaltyRule> rules = network.take_rules();
  const auto of = [](const char* layer) {
    return std::vector<PenaltyRule>{{.match = layer, .l2 = 0.5, .role = "kernel"},
                                    {.match = layer, .l1 = 0.1, .role = "bias"}};
  };
  std::vector<PenaltyRule> expected = of("stem");
  for (const PenaltyRule& rule : of("conv2d_2")) expected.push_back(rule);
  EXPECT_EQ(rules, expected);
  EXPECT_EQ(network, without);
  EXPECT_USAGE_ERROR(conv.regularize({.match = "dense*", .l2 = 1}),
                     "a layer's own penalty matches the layer alone: leave out match = 'dense*'");
}

TEST(Graph, ASequenceWrittenAsAGraphIsTheSequence) {
  const Output x = input();
  EXPECT_EQ(Network(x, flatten()(conv(x))), (Network{conv, flatten()}));
}

TEST(Graph, OrdersByFirstNeedFromLeftToRight) {
  const Output x = input();
  // They are created in another order than they are needed.
  const Output right = conv.named("right")(x);
  const Output left = conv.named("left")(x);
  const Output twice = conv.named("twice")(left);
  const Output unused = dense({.units = 3})(right);
  const Network network(x, add()(twice, right, left, x));
  EXPECT_THAT(names(network), ElementsAre("left", "twice", "right", "add_1"));
  EXPECT_THAT(inputs(network), ElementsAre(ElementsAre(-1), ElementsAre(0), ElementsAre(-1),
                                           ElementsAre(1, 2, 0, -1)));
}

TEST(Graph, OfALaterPartAlone) {
  const Output x = input();
  const Output features = conv(x);
  EXPECT_EQ(Network(features, flatten()(features)), Network{flatten()});
}

TEST(Graph, RefusesWhatIsNotOneGraph) {
  const Output x = input(), other = input();
  EXPECT_USAGE_ERROR(Network(x, conv(other)),
                     "the output comes from an input() that is not the network's");
  EXPECT_USAGE_ERROR(Network(x, add()(conv(x), other)),
                     "the output comes from an input() that is not the network's");
  EXPECT_USAGE_ERROR(Network(x, x), "the graph's output is its input: there is no layer");
  EXPECT_USAGE_ERROR(Network(x, add()(x)), "add_1 takes at least 2 inputs, not 1");
  EXPECT_USAGE_ERROR(Network(x, conv(x, x)), "conv2d_1 takes exactly 1 input, not 2");
  EXPECT_USAGE_ERROR(Network(x, conv()), "conv2d_1 takes exactly 1 input, not 0");
}

TEST(Nodes, AreChecked) {
  EXPECT_USAGE_ERROR(Network(std::vector<Node>{{"a", conv, {0}}}),
                     "a takes layer 0 as an input, which is not one of the 0 before it");
  EXPECT_USAGE_ERROR(Network(std::vector<Node>{{"a", conv, {-1}}, {"", conv, {-2}}}),
                     "conv2d_1 takes layer -2 as an input, which is not one of the 1 before it");
  EXPECT_USAGE_ERROR(Network(std::vector<Node>{{"a", conv, {-1}}, {"a", conv, {0}}}),
                     "two layers are named 'a': rename one of them");
}

TEST(Append, BuildsWhatTheConstructorsBuild) {
  Network sequence;
  sequence.append(conv);
  sequence.append(flatten());
  EXPECT_EQ(sequence, (Network{conv, flatten()}));

  Network graph;
  graph.append(conv);
  graph.append(conv.named("skip"), {"input"});
  graph.append(add(), {"conv2d_1", "skip"});
  const Output x = input();
  EXPECT_EQ(graph, Network(x, add()(conv(x), conv.named("skip")(x))));
}

TEST(Append, RefusesAndChangesNothing) {
  Network network{conv.named("stem")};
  const Network before = network;
  EXPECT_USAGE_ERROR(network.append(flatten(), {"steem"}),
                     "flatten takes an input 'steem', which no layer before it is named: did you "
                     "mean 'stem'?");
  EXPECT_USAGE_ERROR(network.append(flatten().named("f"), {"x"}),
                     "f takes an input 'x', which no layer before it is named: known are input, "
                     "stem");
  EXPECT_USAGE_ERROR(network.append(conv.named("stem")),
                     "two layers are named 'stem': rename one of them");
  EXPECT_EQ(network, before);
}

// So many that comparing each layer with all others would take hours.
TEST(Network, ManyLayersAreAppendedOneByOne) {
  constexpr int count = 200'000;
  Network network;
  for (int i = 0; i < count; ++i) {
    if (i % 2 == 0) {
      network.append(flatten());
    } else {
      network.append(flatten().named(fmt::format("layer_{}", i)),
                     {std::string(network.name_of(i - 1))});
    }
  }
  EXPECT_EQ(network.find("flatten_100000"), count - 2);
  EXPECT_EQ(network.find("layer_1"), 1);
  EXPECT_USAGE_ERROR(network.append(flatten().named("layer_1")),
                     "two layers are named 'layer_1': rename one of them");
  EXPECT_EQ(network.nodes().size(), static_cast<std::size_t>(count));
}

TEST(Network, ALayerThatIsRefusedLeavesNoTrace) {
  Network network;
  network.append(flatten());
  EXPECT_USAGE_ERROR(network.append(flatten(), {"flatten_1", "input"}),
                     "flatten_2 takes exactly 1 input, not 2");
  EXPECT_USAGE_ERROR(network.append(flatten().named("two"), {"flatten_1", "input"}),
                     "two takes exactly 1 input, not 2");
  EXPECT_EQ(network, Network({flatten()}));
  EXPECT_EQ(network.find("two"), -1);
  network.append(flatten());
  EXPECT_EQ(network.find("flatten_2"), 1);
}

}  // namespace
}  // namespace ridgeline
