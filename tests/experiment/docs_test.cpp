// What docs/experiment.md shows is an experiment.
#include <fstream>
#include <sstream>

#include "experiment/build.hpp"
#include "experiment/keys.hpp"
#include "experiment/support.hpp"

namespace ridgeline::experiment {
namespace {

std::string document() {
  std::ifstream file(RIDGELINE_TEST_DATA "/../../docs/experiment.md");
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
    EXPECT_NO_THROW(infer(build_network(experiment, 10), {3, 32, 32})) << example;
    ++examples;
  }
  EXPECT_GE(examples, 8);
}

TEST(Documentation, HasEveryKey) {
  const std::string text = document();
  for (const Key& key : keys()) {
    if (key.name == "data.groups") continue;  // has one value so far
    EXPECT_NE(text.find("`" + std::string(key.field())), std::string::npos) << key.name;
  }
}

}  // namespace
}  // namespace ridgeline::experiment
