#include "ridgeline/layers.hpp"

#include "experiment/build.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

TEST(Layers, ASequenceIsTheNetworkThatTheLibraryWouldMake) {
  const Experiment experiment = parsed(R"(
[model]
layers = [
  { conv2d = { filters = 8, kernel = [3, 5], padding = "same", activation = "relu" } },
  { max_pool2d = { window = 2 } },
  { conv2d = { filters = 4, kernel = 3, padding = 1, use_bias = false }, name = "last" },
  { normalize = { mean = [0.5, 0.25, 0.5, 0.5], std = [1, 1, 1, 2] } },
  { flatten = {} },
  { dropout = { rate = 0.3 } },
  { dense = { units = 10, activation = "softmax" } },
]
)");
  const Network expected{
      conv2d({.filters = 8, .kernel = {3, 5}, .padding = Padding::same(), .activation = "relu"}),
      max_pool2d({.window = 2}),
      conv2d({.filters = 4, .kernel = 3, .padding = Padding::pixels(1), .use_bias = false})
          .named("last"),
      normalize({.mean = {0.5, 0.25, 0.5, 0.5}, .std = {1, 1, 1, 2}}),
      flatten(),
      dropout({.rate = 0.3}),
      dense({.units = 10, .activation = "softmax"}),
  };
  EXPECT_EQ(experiment.model.layers, expected);
  EXPECT_EQ(build_network(experiment, numbered_classes(10)), expected);
}

TEST(Layers, HavePenaltiesOfTheirOwn) {
  const Experiment experiment = parsed(R"(
[model]
layers = [
  { conv2d = { filters = 8 }, regularize = { group_lasso = { kind = "linear", from = 1e-3 } } },
  { flatten = {} },
  { dense = { units = 10 }, regularize = [{ l2_factor = 10 }, { role = "bias", l2 = 0 }] },
]
)");
  Schedule linear = 1e-3;
  linear.kind = "linear";
  const Network expected{
      conv2d({.filters = 8}).regularize({.group_lasso = linear}), flatten(),
      dense({.units = 10}).regularize({.l2_factor = 10}).regularize({.l2 = 0, .role = "bias"})};
  EXPECT_EQ(experiment.model.layers, expected);

  const auto refused = [](const std::string& rule) {
    return refusal("[model]\nlayers = [\n  { dense = { units = 1 }, regularize = " + rule +
                   " },\n]\n");
  };
  EXPECT_EQ(refused("{ match = \"*\", l2 = 1 }").substr(0, 68),
            "experiment.toml:3: model.layers[0].regularize has no key 'match': it");
  EXPECT_EQ(refused("1e-3"),
            "experiment.toml:3: model.layers[0].regularize must be a table such as { l2 = 1e-3 }, "
            "not 0.001");
  EXPECT_EQ(refused("{ l2 = -1 }"),
            "experiment.toml:3: model.layers[0].regularize.l2 must be a number that is not "
            "negative, not -1");
  EXPECT_EQ(refused("[{ role = \"biases\" }]"),
            "experiment.toml:3: model.layers[0].regularize: role knows \"kernel\", \"bias\" and "
            "\"norm\", not \"biases\"");
}

TEST(Layers, InputsMakeAGraph) {
  const Experiment experiment = parsed(R"(
[model]
layers = [
  { conv2d = { filters = 3, kernel = 1 }, name = "side", inputs = ["input"] },
  { conv2d = { filters = 3, kernel = 3, padding = [1, 1, 1, 1] }, name = "main", inputs = ["input"] },
  { add = {}, inputs = ["main", "side"] },
  { global_average_pool2d = {} },
]
)");
  const auto& nodes = experiment.model.layers.nodes();
  ASSERT_EQ(nodes.size(), 4);
  EXPECT_EQ(nodes[1].inputs, std::vector<int>{Node::image});
  EXPECT_EQ(nodes[2].inputs, (std::vector<int>{1, 0}));
  EXPECT_EQ(nodes[3].inputs, std::vector<int>{2});
}

TEST(Layers, ErrorsNameTheLineOfTheLayer) {
  const auto at = [](std::string_view sentence) {
    return sentence.substr(0, sentence.find(": ") + 2);
  };
  const auto refused = [](std::string layer) {
    return refusal("[model]\nlayers = [\n  { flatten = {} },\n  " + layer + ",\n]\n");
  };
  for (const char* layer :
       {"{ dense = { units = 0 } }", "{ dense = { unit = 10 } }", "{ dens = { units = 10 } }",
        "{ dense = 10 }", "{}", "3", "\"flatten\"", "{ dense = { units = 10 }, relu = {} }",
        "{ name = \"x\" }", "{ dense = { units = 10 }, inputs = [\"nowhere\"] }",
        "{ dense = { units = 10 }, name = 3 }", "{ dense = { units = { a = 1 } } }",
        "{ conv2d = { filters = 8, padding = \"some\" } }"}) {
    EXPECT_EQ(at(refused(layer)), "experiment.toml:4: ") << layer << " → " << refused(layer);
  }
  EXPECT_NE(refused("{ dens = { units = 10 } }").find("dense"), std::string::npos);
  EXPECT_NE(refused("{ dense = { unit = 10 } }").find("units"), std::string::npos);
  EXPECT_EQ(refused("{ dense = { units = 10 }, relu = {} }"),
            "experiment.toml:4: model.layers[1] must be one layer, not both dense and relu");
}

}  // namespace
}  // namespace ridgeline::experiment
