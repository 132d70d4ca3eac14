#include "interop/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ridgeline/error.hpp"
#include "ridgeline/penalty_keys.hpp"

namespace ridgeline::interop {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What `read` makes of the text. Whatever is wrong with it, the file it came from is wrong.
template <typename Read>
auto parse(std::string_view what, std::string_view text, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::parse_error& error) {
    throw DataError(fmt::format("{}: not JSON at character {}", what, error.byte));
  } catch (const Json::exception& error) {
    const std::string_view sentence = error.what();  // behind "[json.exception.NAME.NUMBER] "
    throw DataError(fmt::format("{}: {}", what, sentence.substr(sentence.find(']') + 2)));
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

AttributeValue read_list(const Json& json) {
  const auto is_whole = [](const Json& item) { return item.is_number_integer(); };
  if (!json.empty() && std::all_of(json.begin(), json.end(), is_whole)) {
    return json.get<std::vector<std::int64_t>>();
  }
  return json.get<std::vector<double>>();
}

Attributes read_attributes(const Json& json) {
  if (!json.is_object()) throw DataError("the attributes are not a JSON object");
  Attributes attributes;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean()) {
      attributes.set(name, value.get<bool>());
    } else if (value.is_number_integer()) {
      attributes.set(name, value.get<std::int64_t>());
    } else if (value.is_number_float()) {
      attributes.set(name, value.get<double>());
    } else if (value.is_string()) {
      attributes.set(name, value.get<std::string>());
    } else if (value.is_array()) {
      attributes.set(name, read_list(value));
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
  return make_layer(json.at("kind").get<std::string>(), read_attributes(json.at("attributes")),
                    json.value("name", std::string()));
}

Json write(const Schedule& schedule) {
  if (schedule == Schedule(schedule.value)) return schedule.value;
  return {{"kind", schedule.kind},     {"from", schedule.value},  {"to", schedule.to},
          {"factor", schedule.factor}, {"every", schedule.every}, {"warmup", schedule.warmup}};
}

Schedule read_schedule(const Json& json) {
  if (json.is_number()) return json.get<double>();
  Schedule schedule;
  schedule.kind = json.at("kind").get<std::string>();
  schedule.value = json.at("from").get<double>();
  schedule.to = json.value("to", schedule.to);
  schedule.factor = json.value("factor", schedule.factor);
  schedule.every = json.value("every", schedule.every);
  schedule.warmup = json.value("warmup", schedule.warmup);
  return schedule;
}

// l2, l1 and decay always, all else where there is any.
Json write(const Penalty& penalty) {
  Json json = {{"l2", penalty.l2}, {"l1", penalty.l1}, {"decay", penalty.decay}};
  for (const PenaltyKey& key : penalty_keys) {
    if (penalty.*key.strength != 0) json[key.name] = penalty.*key.strength;
  }
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
  return dump(layers);
}

Network network_from_json(std::string_view text) {
  return parse("network", text, [](const Json& layers) {
    if (!layers.is_array()) throw DataError("not a list of layers");
    Network network;
    for (const Json& layer : layers) {
      const auto inputs = layer.at("inputs").get<std::vector<std::string>>();
      network.append(read_layer(layer), inputs);
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
  json["rules"] = Json::array();
  for (const PenaltyRule& rule : regularize.rules) {
    Json row = {{"match", rule.match}};
    if (!rule.role.empty()) row["role"] = rule.role;
    for (const PenaltyKey& key : penalty_keys) {
      if (rule.*key.rule) row[key.name] = write(*(rule.*key.rule));
    }
    if (rule.l2_factor) row["l2_factor"] = *rule.l2_factor;
    json["rules"].push_back(std::move(row));
  }
  return dump(json);
}

Regularize regularize_from_json(std::string_view text) {
  return parse("regularize", text, [](const Json& json) {
    Regularize regularize;
    for (const PenaltyKey& key : penalty_keys) {
      // What an older program did not know is not there.
      if (json.contains(key.name)) regularize.*key.base = read_schedule(json.at(key.name));
    }
    regularize.cpr_warmup = json.value("cpr_warmup", regularize.cpr_warmup);
    regularize.exclude = json.at("exclude").get<std::vector<std::string>>();
    for (const Json& row : json.at("rules")) {
      PenaltyRule rule{.match = row.at("match").get<std::string>(),
                       .role = row.value("role", std::string())};
      for (const PenaltyKey& key : penalty_keys) {
        if (row.contains(key.name)) rule.*key.rule = read_schedule(row.at(key.name));
      }
      if (row.contains("l2_factor")) rule.l2_factor = row.at("l2_factor").get<double>();
      regularize.rules.push_back(std::move(rule));
    }
    return regularize;
  });
}

Penalty penalty_from_json(std::string_view text) {
  return parse("penalty", text, [](const Json& json) {
    Penalty penalty;
    for (const PenaltyKey& key : penalty_keys) penalty.*key.strength = json.value(key.name, 0.0);
    return penalty;
  });
}

std::string to_json(const Loss& loss) {
  return dump({{"kind", loss.kind()}, {"attributes", write(loss.attributes())}});
}

LossPtr loss_from_json(std::string_view text,
                       LossPtr (*make)(std::string_view, const Attributes&)) {
  return parse("loss", text, [&](const Json& json) {
    return make(json.at("kind").get<std::string>(), read_attributes(json.at("attributes")));
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
        make(json.at("kind").get<std::string>(), read_attributes(json.at("attributes")));
    setting.learning_rate = read_schedule(json.at("learning_rate"));
    setting.clip_norm = json.at("clip_norm").get<double>();
    setting.clip_value = json.at("clip_value").get<double>();
    setting.full_batch = json.at("full_batch").get<bool>();
    if (json.contains("lookahead")) {
      setting.lookahead = {.interval = json.at("lookahead").get<std::int64_t>(),
                           .alpha = json.at("lookahead_alpha").get<double>()};
    }
    return setting;
  });
}

std::string to_json(const std::vector<Parameter>& parameters,
                    const std::vector<Penalty>& penalties) {
  Json table = Json::object();
  auto& entries = table.get_ref<Json::object_t&>();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    // Names are different: to look for each among those before it would take a square of time.
    entries.emplace_back(parameters[p].name, write(penalties[p]));
  }
  return dump(table);
}

std::string to_json(const std::vector<std::string>& words) {
  return dump(words);
}
std::vector<std::string> words_from_json(std::string_view text) {
  return parse("list of words", text,
               [](const Json& json) { return json.get<std::vector<std::string>>(); });
}

std::string to_json(const Shape& shape) {
  return dump(shape.dims());
}
Shape shape_from_json(std::string_view text) {
  return parse("shape", text,
               [](const Json& json) { return Shape(json.get<std::vector<std::int64_t>>()); });
}

}  // namespace ridgeline::interop
