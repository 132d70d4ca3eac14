#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "experiment/keys.hpp"

namespace ridgeline::cli {
namespace {

struct Row {
  std::string left, right;
};

std::string two_columns(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.left.size());
  std::string text;
  for (const Row& row : rows) text += fmt::format("  {:<{}}  {}\n", row.left, width, row.right);
  return text;
}

std::string usage(const Command& command) {
  std::string text = "ridgeline " + command.name;
  for (const auto& [name, meaning, required, several] : command.positionals) {
    const std::string item = fmt::format("{}{}", name, several ? " ..." : "");
    text += required ? fmt::format(" {}", item) : fmt::format(" [{}]", item);
  }
  return text + " [options]";
}

}  // namespace

std::string overview(std::span<const Command> commands) {
  std::vector<Row> rows;
  for (const Command& command : commands) rows.push_back({command.name, command.summary});
  rows.push_back({"help", "this text; 'help COMMAND' for one command, 'help keys' for every key"});
  return "Trains convolutional networks on labelled images, with the L2 penalty as the "
         "first-class\n"
         "object, and chooses its strength λ by cross-validation.\n\n"
         "Usage: ridgeline COMMAND ...\n\nCommands:\n" +
         two_columns(rows) +
         "\nExamples:\n"
         "  ridgeline train data.source=fashion-mnist model.preset=article-cnn train.epochs=5\n"
         "  ridgeline evaluate runs/fashion-mnist-article-cnn-20250101-120000\n"
         "  ridgeline predict model.safetensors photo.jpg\n";
}

std::string help(const Command& command) {
  std::vector<Row> rows;
  for (const Positional& item : command.positionals) rows.push_back({item.name, item.meaning});
  for (const Option& option : command.options) {
    rows.push_back(
        {option.value.empty() ? option.name : fmt::format("{} {}", option.name, option.value),
         option.meaning});
  }
  rows.push_back({"--json", "one JSON document on standard output, all else on standard error"});
  rows.push_back({"--help", "this text"});
  std::string text =
      fmt::format("{}\n\nUsage: {}\n\n{}", command.summary, usage(command), two_columns(rows));
  if (!command.details.empty()) text += fmt::format("\n{}", command.details);
  if (command.lists_keys) text += fmt::format("\n{}", help_keys());
  return text;
}

std::string help_keys() {
  const experiment::Experiment defaults;
  std::string text = "Keys of the experiment file, and of key=value, with their defaults:\n";
  std::string_view section;
  for (const experiment::Key& key : experiment::keys()) {
    if (key.section() != section) text += "\n";
    section = key.section();
    text +=
        fmt::format("  {} = {}\n      {}\n", key.name, to_toml(key.write(defaults)), key.meaning);
  }
  return text;
}

}  // namespace ridgeline::cli
