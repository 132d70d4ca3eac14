#include "interop/json.hpp"

#include <gmock/gmock.h>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::interop {
namespace {

using test::message_of;

TEST(Json, AttributesKeepTheirTypesAndOrder) {
  const Attributes attributes{{"z", true},
                              {"whole", std::int64_t{-3}},
                              {"real", 1.0},
                              {"tiny", 1e-300},
                              {"third", 1.0 / 3},
                              {"text", std::string("a \"λ\"")},
                              {"pair", std::vector<std::int64_t>{1, 2}},
                              {"reals", std::vector<double>{0.5, 2.0}},
                              {"none", std::vector<double>{}}};
  EXPECT_EQ(attributes_from_json(to_json(attributes)), attributes);
  EXPECT_EQ(to_json(Attributes{{"filters", std::int64_t{32}}, {"rate", 1.0}}),
            R"({"filters":32,"rate":1.0})");
}

TEST(Json, NumbersAsPeopleWriteThem) {
  const Attributes attributes = attributes_from_json(R"({"mean": [0, 0.5]})");
  EXPECT_EQ(attributes.reals("mean", {}), (std::vector<double>{0, 0.5}));
}

TEST(Json, Layers) {
  const Layer layer = conv2d({.filters = 8, .stride = {1, 2}, .padding = Padding::same()});
  EXPECT_EQ(layer_from_json(to_json(layer)), layer);
  EXPECT_EQ(layer_from_json(to_json(layer.named("stem"))), layer.named("stem"));
}

TEST(Json, NetworksSequentialAndBranched) {
  for (const std::string& name : preset_names()) {
    const Network network = preset(name, 10);
    EXPECT_TRUE(network_from_json(to_json(network)) == network) << name;
  }
  const Output x = input();
  const Output y = conv2d({.filters = 3, .padding = Padding::same()})(x);
  const Network graph{x, flatten()(concat()(add()(x, y), y))};
  EXPECT_TRUE(network_from_json(to_json(graph)) == graph);
  EXPECT_TRUE(network_from_json(to_json(Network())) == Network());
}

TEST(Json, WrongNetworks) {
  const auto error = [](std::string_view text) {
    return message_of<DataError>([&] { network_from_json(text); });
  };
  EXPECT_EQ(error("[{"), "network: not JSON at character 3");
  EXPECT_EQ(error("{}"), "network: not a list of layers");
  EXPECT_EQ(error("[{}]"), "network: 'inputs' is missing");
  EXPECT_EQ(error(R"([{"kind": "conv2", "attributes": {}, "inputs": ["input"]}])"),
            "network: there is no layer 'conv2': did you mean 'conv2d'?");
  EXPECT_EQ(error(R"([{"kind": "conv2d", "attributes": {"filters": {}}, "inputs": ["input"]}])"),
            "network: filters is neither a number, a text nor a list");
  EXPECT_EQ(error(R"([{"kind": "flatten", "attributes": 1, "inputs": ["input"]}])"),
            "network: the attributes are not a JSON object");
  EXPECT_THAT(error(R"([{"kind": "flatten", "attributes": {}, "inputs": ["later"]}])"),
              testing::HasSubstr("'later'"));
}

TEST(Json, Schedules) {
  EXPECT_EQ(to_json(Schedule(1e-3)), "0.001");
  EXPECT_EQ(schedule_from_json("1").value, 1.0);
  Schedule schedule;
  schedule.kind = "one-cycle";
  schedule.value = 0.1;
  schedule.to = 1e-6;
  schedule.warmup = 2.5;
  EXPECT_EQ(schedule_from_json(to_json(schedule)), schedule);
  EXPECT_EQ(schedule_from_json(R"({"kind": "cosine", "from": 1e-3})").value, 1e-3);
}

// Only the file's attributes of the optimiser: this room does not know the kinds.
std::shared_ptr<const Optimizer> no_optimizer(std::string_view, const Attributes&) {
  return nullptr;
}

TEST(Json, LookaheadWhereThereIsOne) {
  const std::string plain =
      R"({"kind": "adam", "attributes": {}, "learning_rate": 0.1, "clip_norm": 0, "clip_value": 0,)"
      R"( "full_batch": false)";
  EXPECT_EQ(optimizer_from_json(plain + "}", no_optimizer).lookahead, Lookahead{});
  EXPECT_EQ(
      optimizer_from_json(plain + R"(, "lookahead": 5, "lookahead_alpha": 0.25})", no_optimizer)
          .lookahead,
      (Lookahead{.interval = 5, .alpha = 0.25}));
  EXPECT_EQ(message_of<DataError>(
                [&] { optimizer_from_json(plain + R"(, "lookahead": 5})", no_optimizer); }),
            "optimizer: 'lookahead_alpha' is missing");
}

TEST(Json, Regularize) {
  Regularize regularize = l2(1e-4);
  regularize.l1 = 1e-5;
  regularize.exclude = {"bias"};
  regularize.rules = {{.match = "dense*", .l2_factor = 10},
                      {.match = "*.kernel", .l2 = 0.0, .l1 = 1e-3, .decay = 0.1}};
  Schedule cosine = 0.5;
  cosine.kind = "cosine";
  regularize.rules[1].spectral = cosine;
  const Regularize again = regularize_from_json(to_json(regularize));
  EXPECT_EQ(again.l2, regularize.l2);
  EXPECT_EQ(again.l1, regularize.l1);
  EXPECT_EQ(again.exclude, regularize.exclude);
  ASSERT_EQ(again.rules.size(), 2u);
  EXPECT_EQ(again.rules[0].match, "dense*");
  EXPECT_EQ(again.rules[0].l2, std::nullopt);
  EXPECT_EQ(again.rules[0].l2_factor, 10);
  EXPECT_EQ(again.rules[1].l2, 0.0);
  EXPECT_EQ(again.rules[1].decay, 0.1);
  EXPECT_EQ(again.rules[1].spectral, cosine);
  const auto numbers = regularize_from_json(
      R"({"l2":0.1,"exclude":[],"rules":[{"match":"dense*","l1":0.2},{"match":"*","l2_factor":3}]})");
  EXPECT_EQ(numbers.rules, (std::vector<PenaltyRule>{{.match = "dense*", .l1 = 0.2},
                                                     {.match = "*", .l2_factor = 3}}))
      << "as older programs wrote them";
}

TEST(Json, PenaltyTable) {
  const Network network{flatten(), dense({.units = 2})};
  const auto parameters = infer(network, {1, 2, 2}).parameters;
  EXPECT_EQ(to_json(parameters, {{.l2 = 1e-4}, {}}),
            R"({"dense_1.kernel":{"l2":0.0001,"l1":0.0,"decay":0.0},)"
            R"("dense_1.bias":{"l2":0.0,"l1":0.0,"decay":0.0}})");
}

// The JSON library's messages name its functions and types. Users must not see them.
TEST(Json, ErrorsAreInOurWords) {
  const auto words = [](std::string_view text) {
    return message_of<DataError>([&] { words_from_json(text); });
  };
  const auto penalties = [](std::string_view text) {
    return message_of<DataError>([&] { regularize_from_json(text); });
  };
  EXPECT_EQ(words("\"x\""), "list of words: it must be a list, each item a text");
  EXPECT_EQ(message_of<DataError>([] { shape_from_json("[1.5]"); }),
            "shape: it must be a list, each item a whole number");
  EXPECT_EQ(message_of<DataError>([] { shape_from_json("[18446744073709551615]"); }),
            "shape: it must be a list, each item a whole number");
  EXPECT_EQ(message_of<DataError>([] { network_from_json("[\"x\"]"); }),
            "network: a JSON object with 'inputs' is expected");
  EXPECT_EQ(message_of<DataError>([] { layer_from_json(R"({"kind": 5, "attributes": {}})"); }),
            "layer: 'kind' must be a text");
  EXPECT_EQ(penalties(R"({"l2": "x"})"), "regularize: a strength must be a number or a schedule");
  EXPECT_EQ(penalties(R"({"exclude": [], "rules": [{"match": 1}]})"),
            "regularize: 'match' must be a text");
  EXPECT_EQ(message_of<DataError>([] { schedule_from_json(R"({"kind": "step", "from": "x"})"); }),
            "schedule: 'from' must be a number");
}

// A recursive parser would overflow the stack.
TEST(Json, DepthIsNoDanger) {
  const std::string open(1'000'000, '['), close(1'000'000, ']');
  EXPECT_EQ(message_of<DataError>([&] { words_from_json(open); }),
            "list of words: not JSON at character 1000001");
  EXPECT_EQ(message_of<DataError>([&] { words_from_json(open + close); }),
            "list of words: it must be a list, each item a text");
  EXPECT_EQ(message_of<DataError>([&] { attributes_from_json("{\"a\":" + open + close + "}"); }),
            "attributes: a must be a list, each item a number");
}

TEST(Json, WordsAndShapes) {
  const std::vector<std::string> words = {"cat", "", "Ærø \\ \"x\""};
  EXPECT_EQ(words_from_json(to_json(words)), words);
  EXPECT_EQ(shape_from_json(to_json(Shape{3, 32, 32})), Shape({3, 32, 32}));
  EXPECT_EQ(message_of<DataError>([] { words_from_json("[1]"); }),
            "list of words: it must be a list, each item a text");
}

}  // namespace
}  // namespace ridgeline::interop
