// The examples in docs/experiment.md are experiments.
#include <fstream>
#include <sstream>

#include "experiment/build.hpp"
#include "experiment/keys.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

std::string document(const std::string& name = "experiment.md") {
  std::ifstream file(RIDGELINE_TEST_DATA "/../../docs/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Documentation, EveryExampleIsAnExperiment) {
  const std::string text = document(), begin = "```toml\n";
  int examples = 0;
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    const std::string example = text.substr(at, text.find("```", at) - at);
    EXPECT_EQ(refusal(example), "") << example;
    const Experiment experiment = parsed(example);
    EXPECT_NE(experiment, Experiment{}) << "says nothing:\n" << example;
    EXPECT_NO_THROW(infer(build_network(experiment, numbered_classes(10)), {3, 32, 32})) << example;
    ++examples;
  }
  EXPECT_GE(examples, 8);
}

TEST(Documentation, HasTheDefaultsOfEveryOptimizer) {
  const std::string text = document();
  const auto begin = text.find("\n## [optimizer]"), end = text.find("\n## ", begin + 1);
  const std::string section = text.substr(begin, end - begin);
  const std::string formulas = document("optimizers.md");
  for (const Kind& declared : optimizer_kinds()) {
    const std::string& kind = declared.name;
    if (kind.starts_with("own_")) continue;  // of another test
    SCOPED_TRACE(kind);
    EXPECT_NE(formulas.find("`" + std::string(kind) + "`"), std::string::npos);
    const auto at = section.find("`" + std::string(kind) + "`");
    ASSERT_NE(at, std::string::npos);
    const std::string row = section.substr(at, section.find('\n', at) - at);
    const OptimizerSetting standard = default_optimizer(kind);
    const Attributes attributes = standard.optimizer->attributes();
    Attributes expected{{"learning_rate", standard.learning_rate.value}};
    for (const auto& [name, value] : attributes.items()) {
      expected.set(name, value);
    }
    std::size_t options = 0;
    for (auto i = row.find(" = "); i != std::string::npos; i = row.find(" = ", i + 1)) ++options;
    EXPECT_EQ(options, expected.items().size());
    const Experiment given = parsed("[optimizer]\nkind = \"" + std::string(kind) + "\"");
    for (const auto& [name, value] : expected.items()) {
      const auto from = row.find("`" + name + " = ");
      ASSERT_NE(from, std::string::npos) << name;
      const auto first = from + name.size() + 4;
      const std::string written = row.substr(first, row.find('`', first) - first);
      const Experiment again =
          parsed("[optimizer]\nkind = \"" + std::string(kind) + "\"\n" + name + " = " + written);
      EXPECT_EQ(again.optimizer, given.optimizer) << name << " = " << written;
    }
  }
}

// A row for each option of a built-in kind, with the meaning that the kind declares.
TEST(Documentation, HasTheMeaningOfEveryOption) {
  const std::string text = document();
  int options = 0;
  const auto check = [&](const std::string& section, const std::vector<Kind>& kinds) {
    const auto begin = text.find("\n## [" + section + "]"), end = text.find("\n## ", begin + 1);
    const std::string part = text.substr(begin, end - begin);
    for (const Kind& kind : kinds) {
      for (const Option& option : kind.options) {
        if (option.name.starts_with("own_")) continue;  // of another test
        const auto at = part.find("\n| `" + option.name + "` |");
        ASSERT_NE(at, std::string::npos) << option.name;
        const std::string row = part.substr(at + 1, part.find('\n', at + 1) - at - 1);
        EXPECT_NE(row.find("| " + option.meaning + " |"), std::string::npos) << row;
        ++options;
      }
    }
  };
  check("data", source_kinds());
  check("loss", loss_kinds());
  check("optimizer", optimizer_kinds());
  EXPECT_GT(options, 20);
}

TEST(Documentation, HasEveryKey) {
  const std::string text = document();
  for (const Key& key : keys()) {
    if (key.name == "data.groups") continue;        // it has only one value so far
    if (key.field().starts_with("own_")) continue;  // of another test
    EXPECT_NE(text.find("`" + std::string(key.field())), std::string::npos) << key.name;
  }
}

}  // namespace
}  // namespace ridgeline::experiment
