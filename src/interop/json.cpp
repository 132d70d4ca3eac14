#include "interop/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "interop/json_values.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::interop {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The result of `read`. Every error in the text is an error of the file that it comes from.
template <typename Read>
auto parse(std::string_view what, std::string_view text, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::parse_error& error) {
    throw DataError(fmt::format("{}: not JSON at character {}", what, error.byte));
  } catch (const Json::exception&) {
    throw DataError(fmt::format("{}: the JSON does not have the expected form", what));
  } catch (const Error& error) {
    throw DataError(fmt::format("{}: {}", what, error.what()));
  }
}

Json write(const Attributes& attributes) {
  Json json = Json::object();
  for (const auto& [name, value] : attributes.items()) {
    std::visit([&, &key = name](const auto& v) { json[key] = v; }, value);
  }
  return json;
}

AttributeValue read_list(const Json& json, std::string_view name) {
  if (!json.empty() && std::all_of(json.begin(), json.end(), is_a<std::int64_t>)) {
    return json.get<std::vector<std::int64_t>>();
  }
  return list_of<double>(json, name);
}

Attributes read_attributes(const Json& json) {
  if (!json.is_object()) throw DataError("the attributes are not a JSON object");
  Attributes attributes;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean()) {
      attributes.set(name, value.get<bool>());
    } else if (is_a<std::int64_t>(value)) {
      attributes.set(name, value.get<std::int64_t>());
    } else if (value.is_number()) {
      attributes.set(name, value.get<double>());
    } else if (value.is_string()) {
      attributes.set(name, value.get<std::string>());
    } else if (value.is_array()) {
      attributes.set(name, read_list(value, name));
    } else {
      throw DataError(fmt::format("{} is neither a number, a text nor a list", name));
    }
  }
  return attributes;
}

Json write(const Layer& layer) {
  Json json = Json::object();
  if (!layer.name().empty()) json["name"] = layer.name();
  json["kind"] = layer.spec().kind();
  json["attributes"] = write(layer.spec().attributes());
  return json;
}

Layer read_layer(const Json& json) {
  return make_layer(value_at<std::string>(json, "kind"),
                    read_attributes(member(json, "attributes")),
                    value_at<std::string>(json, "name", {}));
}

Json write(const Schedule& schedule) {
  if (schedule == Schedule(schedule.value)) return schedule.value;
  return {{"kind", schedule.kind},     {"from", schedule.value},  {"to", schedule.to},
          {"factor", schedule.factor}, {"every", schedule.every}, {"warmup", schedule.warmup}};
}

Schedule read_schedule(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_object()) throw DataError("a strength must be a number or a schedule");
  Schedule schedule;
  schedule.kind = value_at<std::string>(json, "kind");
  schedule.value = value_at<double>(json, "from");
  schedule.to = value_at(json, "to", schedule.to);
  schedule.factor = value_at(json, "factor", schedule.factor);
  schedule.every = value_at(json, "every", schedule.every);
  schedule.warmup = value_at(json, "warmup", schedule.warmup);
  return schedule;
}

// Calls use(key, value) for the members of the object `name`, which older files do not have.
template <typename Use>
void for_members(const Json& json, const char* name, Use use) {
  if (!json.contains(name)) return;
  const Json& object = json.at(name);
  if (!object.is_object()) throw DataError(fmt::format("{} is not an object", name));
  for (const auto& [key, value] : object.items()) use(key, value);
}

// Always l2, l1 and decay; other strengths only if they are not 0.
Json write(const Penalty& penalty) {
  Json json = {{"l2", penalty.l2}, {"l1", penalty.l1}, {"decay", penalty.decay}};
  for (const PenaltyKey& key : penalty_keys) {
    if (penalty.*key.strength != 0) json[key.name] = penalty.*key.strength;
  }
  if (!penalty.own.empty()) json["own"] = penalty.own;
  return json;
}

}  // namespace

std::string to_json(const Attributes& attributes) {
  return dump(write(attributes));
}
Attributes attributes_from_json(std::string_view text) {
  return parse("attributes", text, read_attributes);
}

std::string to_json(const Layer& layer) {
  return dump(write(layer));
}
Layer layer_from_json(std::string_view text) {
  return parse("layer", text, read_layer);
}

std::string to_json(const Network& network) {
  Json layers = Json::array();
  for (const Node& node : network.nodes()) {
    Json layer = write(node.layer.named(node.name));
    layer["inputs"] = Json::array();
    for (const int input : node.inputs) layer["inputs"].push_back(network.name_of(input));
    layers.push_back(std::move(layer));
  }
  if (network.output_names().empty()) return dump(layers);
  return dump({{"layers", std::move(layers)}, {"outputs", network.output_names()}});
}

Network network_from_json(std::string_view text) {
  return parse("network", text, [](const Json& json) {
    const bool several = json.is_object() && json.contains("layers");
    const Json& layers = several ? member(json, "layers") : json;
    if (!layers.is_array()) throw DataError("not a list of layers");
    Network network;
    for (const Json& layer : layers) {
      const auto inputs = list_of<std::string>(member(layer, "inputs"), "inputs");
      network.append(read_layer(layer), inputs);
    }
    if (several) {
      network.set_outputs(list_of<std::string>(member(json, "outputs"), "outputs"));
    }
    return network;
  });
}

std::string to_json(const Schedule& schedule) {
  return dump(write(schedule));
}
Schedule schedule_from_json(std::string_view text) {
  return parse("schedule", text, read_schedule);
}

std::string to_json(const Regularize& regularize) {
  Json json;
  for (const PenaltyKey& key : penalty_keys) json[key.name] = write(regularize.*key.base);
  json["cpr_warmup"] = regularize.cpr_warmup;
  json["exclude"] = regularize.exclude;
  for (const auto& [name, own] : regularize.own) {
    json["own"][name] = {{"strength", write(own.strength)}, {"options", write(own.options)}};
  }
  json["rules"] = Json::array();
  for (const PenaltyRule& rule : regularize.rules) {
    Json row = {{"match", rule.match}};
    if (!rule.role.empty()) row["role"] = rule.role;
    for (const PenaltyKey& key : penalty_keys) {
      if (rule.*key.rule) row[key.name] = write(*(rule.*key.rule));
    }
    for (const auto& [name, strength] : rule.own) row["own"][name] = write(strength);
    if (rule.l2_factor) row["l2_factor"] = *rule.l2_factor;
    json["rules"].push_back(std::move(row));
  }
  return dump(json);
}

Regularize regularize_from_json(std::string_view text) {
  return parse("regularize", text, [](const Json& json) {
    Regularize regularize;
    for (const PenaltyKey& key : penalty_keys) {
      // Older files do not have newer keys.
      if (json.contains(key.name)) regularize.*key.base = read_schedule(member(json, key.name));
    }
    regularize.cpr_warmup = value_at(json, "cpr_warmup", regularize.cpr_warmup);
    regularize.exclude = list_of<std::string>(member(json, "exclude"), "exclude");
    for_members(json, "own", [&](const std::string& name, const Json& own) {
      regularize.own[name] = {read_schedule(member(own, "strength")),
                              read_attributes(member(own, "options"))};
    });
    for (const Json& row : member(json, "rules")) {
      PenaltyRule rule{.match = value_at<std::string>(row, "match"),
                       .role = value_at<std::string>(row, "role", {})};
      for (const PenaltyKey& key : penalty_keys) {
        if (row.contains(key.name)) rule.*key.rule = read_schedule(member(row, key.name));
      }
      for_members(row, "own", [&](const std::string& name, const Json& strength) {
        rule.own[name] = read_schedule(strength);
      });
      if (row.contains("l2_factor")) rule.l2_factor = value_at<double>(row, "l2_factor");
      regularize.rules.push_back(std::move(rule));
    }
    return regularize;
  });
}

Penalty penalty_from_json(std::string_view text) {
  return parse("penalty", text, [](const Json& json) {
    Penalty penalty;
    for (const PenaltyKey& key : penalty_keys)
      penalty.*key.strength = value_at<double>(json, key.name, 0);
    for_members(json, "own", [&](const std::string& name, const Json& strength) {
      if (!strength.is_number()) throw DataError(fmt::format("own: {} is not a number", name));
      penalty.own[name] = strength.get<double>();
    });
    return penalty;
  });
}

std::string to_json(const Loss& loss) {
  return dump({{"kind", loss.kind()}, {"attributes", write(loss.attributes())}});
}

LossPtr loss_from_json(std::string_view text,
                       LossPtr (*make)(std::string_view, const Attributes&)) {
  return parse("loss", text, [&](const Json& json) {
    return make(value_at<std::string>(json, "kind"), read_attributes(member(json, "attributes")));
  });
}

std::string to_json(const OptimizerSetting& setting) {
  Json json = {{"kind", setting.optimizer->kind()},
               {"attributes", write(setting.optimizer->attributes())},
               {"learning_rate", write(setting.learning_rate)},
               {"clip_norm", setting.clip_norm},
               {"clip_value", setting.clip_value},
               {"full_batch", setting.full_batch}};
  if (setting.lookahead.interval > 0) {
    json["lookahead"] = setting.lookahead.interval;
    json["lookahead_alpha"] = setting.lookahead.alpha;
  }
  return dump(json);
}

OptimizerSetting optimizer_from_json(std::string_view text,
                                     std::shared_ptr<const Optimizer> (*make)(std::string_view,
                                                                              const Attributes&)) {
  return parse("optimizer", text, [&](const Json& json) {
    OptimizerSetting setting;
    setting.optimizer =
        make(value_at<std::string>(json, "kind"), read_attributes(member(json, "attributes")));
    setting.learning_rate = read_schedule(member(json, "learning_rate"));
    setting.clip_norm = value_at<double>(json, "clip_norm");
    setting.clip_value = value_at<double>(json, "clip_value");
    setting.full_batch = value_at<bool>(json, "full_batch");
    if (json.contains("lookahead")) {
      setting.lookahead = {.interval = value_at<std::int64_t>(json, "lookahead"),
                           .alpha = value_at<double>(json, "lookahead_alpha")};
    }
    return setting;
  });
}

std::string to_json(const std::vector<Parameter>& parameters,
                    const std::vector<Penalty>& penalties) {
  Json table = Json::object();
  auto& entries = table.get_ref<Json::object_t&>();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    // The names are known to be different. Looking each one up would take quadratic time.
    entries.emplace_back(parameters[p].name, write(penalties[p]));
  }
  return dump(table);
}

std::string to_json(const std::vector<std::string>& words) {
  return dump(words);
}
std::vector<std::string> words_from_json(std::string_view text) {
  return parse("list of words", text,
               [](const Json& json) { return list_of<std::string>(json, "it"); });
}

std::string to_json(const Shape& shape) {
  return dump(shape.dims());
}
Shape shape_from_json(std::string_view text) {
  return parse("shape", text,
               [](const Json& json) { return Shape(list_of<std::int64_t>(json, "it")); });
}

}  // namespace ridgeline::interop
