// model.layers: a network as an array of tables.

#include "experiment/codec.hpp"
#include "ridgeline/layer.hpp"

namespace ridgeline::experiment {
namespace {

constexpr std::string_view shape_of_entry =
    "a table such as { conv2d = { filters = 32, kernel = 3 } }";

/// The only entry of a layer's table that is not its name, its inputs or its penalties.
const Entry& kind_of(const Value& value, std::string_view key) {
  const Entry* kind = nullptr;
  for (const Entry& entry : expect<Table>(value, key, shape_of_entry)) {
    if (entry.key == "name" || entry.key == "inputs" || entry.key == "regularize") continue;
    if (kind) {
      throw UsageError(fmt::format("{}{} must be one layer, not both {} and {}", value.where, key,
                                   kind->key, entry.key));
    }
    kind = &entry;
  }
  if (!kind && !value.get<Table>()->empty()) {
    throw UsageError(
        fmt::format("{}{} names no layer: it must be {}", value.where, key, shape_of_entry));
  }
  if (!kind) fail(value, key, shape_of_entry);
  return *kind;
}

std::vector<PenaltyRule> layer_rules(const Table& table, std::string_view key) {
  std::vector<PenaltyRule> rules;
  if (const Value* value = find(table, "regularize")) {
    const auto* several = value->get<Array>();
    for (const Value& item : several ? *several : Array{*value}) {
      decode_layer_rule(item, fmt::format("{}.regularize", key), rules.emplace_back());
    }
  }
  return rules;
}

void append_layer(Network& network, const Value& value, std::string_view key) {
  const Entry& kind = kind_of(value, key);
  const std::string kind_key = fmt::format("{}.{}", key, kind.key);
  Attributes attributes;
  for (const auto& [name, item] :
       expect<Table>(kind.value, kind_key, "a table of the layer's options")) {
    attributes.set(name, decode_attribute(item, fmt::format("{}.{}", kind_key, name)));
  }
  const auto& table = std::get<Table>(value.data);
  std::string name;
  decode_entry(table, key, "name", name);
  std::vector<std::string> inputs;
  decode_entry(table, key, "inputs", inputs);
  const std::vector<PenaltyRule> rules = layer_rules(table, key);
  located(value.where, [&] {
    Layer layer = make_layer(kind.key, attributes, name);
    for (const PenaltyRule& rule : rules) layer = layer.regularize(rule);
    network.append(layer, inputs);
  });
}

}  // namespace

void decode(const Value& value, std::string_view key, Network& out) {
  Network network;
  std::size_t index = 0;
  for (const Value& item : expect<Array>(value, key, "an array of layers")) {
    append_layer(network, item, fmt::format("{}[{}]", key, index++));
  }
  out = std::move(network);
}

Value encode(const Network& value) {
  Array layers;
  for (int i = 0; const Node& node : value.nodes()) {
    Table attributes;
    const Attributes set_to = node.layer.spec().attributes();
    for (const auto& [name, attribute] : set_to.items()) {
      attributes.push_back({name, encode_attribute(attribute)});
    }
    Table table{{std::string(node.layer.spec().kind()), {.data = attributes, .where = {}}},
                {"name", encode(node.name)}};
    // The first layer's default input is the image, whose number is -1.
    if (node.inputs != std::vector{i - 1}) {
      std::vector<std::string> inputs;
      for (const int input : node.inputs) inputs.emplace_back(value.name_of(input));
      table.push_back({"inputs", encode(inputs)});
    }
    const auto& rules = node.layer.rules();
    if (!rules.empty()) {
      table.push_back({"regularize", rules.size() == 1 ? encode(rules[0]) : encode(rules)});
    }
    layers.push_back({.data = std::move(table), .where = {}});
    ++i;
  }
  return {.data = std::move(layers), .where = {}};
}

}  // namespace ridgeline::experiment
