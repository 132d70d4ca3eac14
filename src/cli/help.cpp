#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/arguments.hpp"
#include "ridgeline/experiment.hpp"

namespace ridgeline::cli {
namespace {

struct Row {
  std::string left, right;
};

/// Longer lines are hard to read, even if the terminal is wider.
int width_of(const Page& page) {
  return std::min(page.width, 100);
}

/// `text` in lines of at most `width`. All lines after the first begin with `indent` blanks.
std::string hanging(std::string_view text, int indent, int width) {
  const std::string lines = wrapped(text, width - indent);
  std::string result;
  for (const char c : lines) {
    result += c;
    if (c == '\n') result.append(static_cast<std::size_t>(indent), ' ');
  }
  return result;
}

std::string two_columns(const std::vector<Row>& rows, int width) {
  constexpr int gap = 2, least_right = 24, indent_below = 6;
  int left = 0;
  for (const Row& row : rows) left = std::max(left, columns(row.left));
  const bool beside = width - left - 2 * gap >= least_right;
  std::string text;
  for (const Row& row : rows) {
    if (beside) {
      text +=
          fmt::format("  {:<{}}  {}\n", row.left, left, hanging(row.right, left + 2 * gap, width));
    } else {
      text += fmt::format("  {}\n      {}\n", row.left, hanging(row.right, indent_below, width));
    }
  }
  return text;
}

/// Fills paragraphs to `width`. Lines that begin with a blank, such as examples, do not change.
std::string filled(std::string_view text, int width) {
  std::string result, paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) result += wrapped(paragraph, width) + "\n";
    paragraph.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.empty() || line.front() == ' ') {
      end_paragraph();
      result.append(line).append("\n");
    } else {
      paragraph.append(paragraph.empty() ? "" : " ").append(line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  end_paragraph();
  return result;
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

std::string overview(std::span<const Command> commands, const Page& page) {
  std::vector<Row> rows;
  for (const Command& command : commands) rows.push_back({command.name, command.summary});
  rows.push_back({"help", "this text; 'help COMMAND' for one command, 'help keys' for every key"});
  return filled(
             "Trains convolutional networks on labelled images, with the L2 penalty as the "
             "first-class object, and chooses its strength λ by cross-validation.\n\n"
             "Usage: ridgeline COMMAND ...\n\nCommands:\n",
             width_of(page)) +
         two_columns(rows, width_of(page)) +
         "\nExamples:\n"
         "  ridgeline train data.source=fashion-mnist model.preset=article-cnn train.epochs=5\n"
         "  ridgeline evaluate runs/fashion-mnist-article-cnn-20250101-120000\n"
         "  ridgeline predict model.safetensors photo.jpg\n";
}

std::string help(const Command& command, const Page& page) {
  std::vector<Row> rows;
  for (const Positional& item : command.positionals) rows.push_back({item.name, item.meaning});
  for (const Option& option : command.options) {
    const std::string letter = short_name(option);
    const std::string names =
        letter.empty() ? option.name : fmt::format("{}, {}", letter, option.name);
    rows.push_back(
        {option.value.empty() ? names : fmt::format("{} {}", names, option.value), option.meaning});
  }
  rows.push_back({"--json", "one JSON document on standard output, all else on standard error"});
  rows.push_back({"--help", "this text"});
  std::string text = fmt::format("{}\n\nUsage: {}\n\n{}", command.summary, usage(command),
                                 two_columns(rows, width_of(page)));
  if (!command.details.empty()) text += "\n" + filled(command.details, width_of(page));
  if (command.lists_keys) text += fmt::format("\n{}", help_keys());
  return text;
}

std::string help_keys() {
  return experiment_keys();
}

}  // namespace ridgeline::cli
