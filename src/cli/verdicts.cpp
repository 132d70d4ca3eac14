#include "cli/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ridgeline::cli {
namespace {

constexpr std::size_t most_shown = 6;

std::string evidence_text(const std::vector<Evidence>& evidence) {
  std::string text;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    // Evidence of many epochs is cut to the first ones and the last one.
    if (evidence.size() > most_shown && i == most_shown - 1) {
      text += ", ...";
      i = evidence.size() - 1;
    }
    text += fmt::format("{}{} {:.4g}", i == 0 ? "" : ", ", evidence[i].name, evidence[i].value);
  }
  return text;
}

// A command in backticks must stay on one line, so that it can be copied.
std::string with_whole_commands(std::string_view sentence) {
  std::string text;
  bool in_command = false;
  while (!sentence.empty()) {
    const std::size_t end = std::min(sentence.find('`'), sentence.size());
    const std::string_view part = sentence.substr(0, end);
    text += in_command ? unbroken(part) : std::string(part);
    if (end < sentence.size()) text += '`';
    in_command = !in_command;
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
  }
  return text;
}

}  // namespace

nlohmann::ordered_json to_json(const std::vector<Verdict>& verdicts) {
  auto list = nlohmann::ordered_json::array();
  for (const Verdict& verdict : verdicts) {
    auto evidence = nlohmann::ordered_json::array();
    for (const auto& [name, value] : verdict.evidence) {
      evidence.push_back({{"name", name}, {"value", value}});
    }
    list.push_back({{"kind", verdict.kind},
                    {"severity", name_of(verdict.severity)},
                    {"layers", verdict.layers},
                    {"sentence", verdict.sentence},
                    {"evidence", evidence},
                    {"advice", verdict.advice}});
  }
  return list;
}

std::string verdicts_text(const std::vector<Verdict>& verdicts, const Console& console) {
  if (verdicts.empty()) return "Nothing is wrong with this training that shows in its numbers.\n";
  std::string text;
  for (const Verdict& verdict : verdicts) {
    text += fmt::format("{}{}: {}\n", text.empty() ? "" : "\n",
                        console.bold(name_of(verdict.severity)), verdict.sentence);
    text += console.dim(fmt::format("  {}", evidence_text(verdict.evidence))) + "\n";
    if (verdict.advice.empty()) continue;
    text += fmt::format("  What helps: {}.\n", with_whole_commands(verdict.advice));
  }
  return text;
}

}  // namespace ridgeline::cli
