#include "network/summary.hpp"

#include <fmt/ranges.h>

#include <numeric>
#include <ostream>

#include "network/parameters.hpp"
#include "network/strength.hpp"
#include "network/table.hpp"
#include "options/check.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline {
namespace {

using network::Table;

bool is_graph(const Network& network) {
  for (int previous = Node::image; const Node& node : network.nodes()) {
    if (node.inputs != std::vector{previous++}) return true;
  }
  return false;
}

/// The name, with the kind and activation if it does not say them: "conv2d_1", "stem (conv2d)",
/// "dense_2 (softmax)".
std::string title(const Node& node, bool with_activation) {
  const LayerSpec& spec = node.layer.spec();
  std::vector<std::string> remarks;
  if (!node.name.starts_with(spec.kind())) remarks.emplace_back(spec.kind());
  if (with_activation && spec.activation() != "linear") remarks.push_back(spec.activation());
  if (remarks.empty()) return node.name;
  return fmt::format("{} ({})", node.name, fmt::join(remarks, ", "));
}

/// Words in lines of at most `width`. Only a longer word exceeds it.
Table::Cell wrap(std::span<const std::string> words, std::string_view separator,
                 std::size_t width) {
  Table::Cell lines;
  for (const std::string& word : words) {
    if (!lines.empty() && lines.back().size() + separator.size() + word.size() <= width) {
      lines.back().append(separator).append(word);
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

/// What is left out of a table that is too wide, from nothing to everything possible.
enum class Detail { full, no_chains, narrow };

Table::Cell inputs_cell(const Network& network, const Node& node, Detail detail = Detail::full) {
  const bool of_row_above =
      node.inputs == std::vector{static_cast<int>(&node - network.nodes().data()) - 1};
  if (detail != Detail::full && of_row_above) return {};
  std::vector<std::string> names;
  for (const int input : node.inputs) names.emplace_back(network.name_of(input));
  return wrap(names, ", ", detail == Detail::narrow ? 12 : 24);
}

Table::Cell settings_cell(const Node& node, std::size_t width) {
  std::vector<std::string> settings;
  const Attributes attributes = node.layer.spec().settings();
  for (const auto& [key, value] : attributes.items()) {
    settings.push_back(fmt::format("{} {}", key, text(value)));
  }
  for (const PenaltyRule& rule : node.layer.rules()) {
    const std::string whose = rule.role == "kernel" ? "" : rule.role + " ";
    for (const PenaltyKey& key : penalty_keys) {
      const auto& strength = rule.*key.rule;
      if (strength) settings.push_back(whose + network::strength_text(key.name, *strength));
    }
    for (const auto& [name, strength] : rule.own) {
      settings.push_back(whose + network::strength_text(name, strength));
    }
    if (rule.l2_factor) settings.push_back(fmt::format("{}l2_factor {:g}", whose, *rule.l2_factor));
  }
  return wrap(settings, ", ", width);
}

/// "kernel: l2 1e-4" or "output: l2 1e-4": a line for each penalty, with the parameters that have
/// it.
Table::Cell penalty_cell(const Network& network, const Layout& layout,
                         const PenaltyTexts& penalties, int node, Detail detail) {
  std::vector<std::pair<std::string, std::string>> lines;  // penalty, parameters
  for (const Parameter& parameter : network::parameters_of(layout, node)) {
    const auto place = static_cast<std::size_t>(&parameter - layout.parameters.data());
    const std::string &penalty = penalties[place], &name = parameter.spec.name;
    if (penalty.empty()) continue;
    if (detail != Detail::narrow && !lines.empty() && lines.back().first == penalty) {
      lines.back().second += ", " + name;
    } else {
      lines.emplace_back(penalty, name);
    }
  }
  const std::string own = network.nodes()[static_cast<std::size_t>(node)].layer.spec().penalty();
  if (!own.empty()) lines.emplace_back(own, "output");
  Table::Cell cell;
  for (const auto& [penalty, names] : lines) cell.push_back(fmt::format("{}: {}", names, penalty));
  return cell;
}

Table table_of(const Network& network, const Shape& input, const Layout& layout,
               const PenaltyTexts& penalties, Detail detail) {
  const bool graph = is_graph(network);
  std::vector<Table::Column> columns = {{"Layer"}, {"Output", true}, {"Parameters", true}};
  if (graph) columns.push_back({"Inputs"});
  if (!penalties.empty()) columns.push_back({"Penalty"});

  Table table(columns);
  std::vector<Table::Cell> image(columns.size());
  image[0] = {std::string(Network::image_name)};
  image[1] = {input.text()};
  table.add(std::move(image));
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Node& node = network.nodes()[i];
    const int index = static_cast<int>(i);
    std::int64_t count = 0;
    for (const Parameter& parameter : network::parameters_of(layout, index)) {
      count += parameter.spec.shape.elements();
    }
    std::vector<Table::Cell> row = {
        {title(node, true)}, {layout.outputs[i].text()}, {network::with_thousands(count)}};
    if (graph) row.push_back(inputs_cell(network, node, detail));
    if (!penalties.empty()) row.push_back(penalty_cell(network, layout, penalties, index, detail));
    table.add(std::move(row));
  }
  return table;
}

std::string totals(const Layout& layout) {
  std::int64_t all = 0;
  for (const Parameter& parameter : layout.parameters) all += parameter.spec.shape.elements();
  const auto line = [](std::string_view what, std::int64_t count) {
    return fmt::format("{} {} ({})\n", what, network::with_thousands(count),
                       network::memory_text(count * static_cast<std::int64_t>(sizeof(float))));
  };
  const std::int64_t flops = std::reduce(layout.flops.begin(), layout.flops.end());
  return line("Parameters:   ", all) + line("Trainable:    ", layout.trainable()) +
         line("Not trainable:", all - layout.trainable()) +
         fmt::format("Forward pass:  {} an image\n", network::flops_text(flops));
}

}  // namespace

namespace {

/// The table with everything that fits into `width` columns.
Table fitted(const Network& network, const Shape& input, const PenaltyTexts& penalties,
             std::size_t width) {
  const Layout layout = infer(network, input);
  require(penalties.empty() || penalties.size() == layout.parameters.size(),
          "a summary takes a penalty for each of {} parameters, not {}", layout.parameters.size(),
          penalties.size());
  Table table = table_of(network, input, layout, penalties, Detail::full);
  for (const Detail detail : {Detail::no_chains, Detail::narrow}) {
    if (table.width() > width) table = table_of(network, input, layout, penalties, detail);
  }
  return table;
}

}  // namespace

std::string network::summary(const Network& network, const Shape& input,
                             const PenaltyTexts& penalties, std::size_t width) {
  return fitted(network, input, penalties, width).text(width) + totals(infer(network, input));
}

std::string summary(const Network& network, const Shape& input, const PenaltyTexts& penalties) {
  return fitted(network, input, penalties, Table::terminal).text() + totals(infer(network, input));
}

std::ostream& operator<<(std::ostream& out, const Network& network) {
  const bool graph = is_graph(network);
  std::vector<Table::Column> columns = {{"Layer"}, {"Settings"}};
  if (graph) columns.push_back({"Inputs"});
  Table table(columns);
  for (const Node& node : network.nodes()) {
    std::vector<Table::Cell> row = {{title(node, false)}, settings_cell(node, graph ? 32 : 56)};
    if (graph) row.push_back(inputs_cell(network, node));
    table.add(std::move(row));
  }
  return out << table.text();
}

}  // namespace ridgeline
