#include "cli/results.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "cli/table.hpp"
#include "ridgeline/error.hpp"
#include "select/assignment.hpp"

namespace ridgeline::cli {

nlohmann::ordered_json finite(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

nlohmann::ordered_json to_json(const std::optional<Metrics>& metrics) {
  if (!metrics) return nullptr;
  nlohmann::ordered_json json{{"images", metrics->images},
                              {"data_loss", metrics->data_loss},
                              {"penalty", metrics->penalty},
                              {"objective", metrics->objective}};
  for (const MetricValue& metric : metrics->values) json[metric.name] = finite(metric.value);
  return json;
}

nlohmann::ordered_json parameters_json(const Assignment& parameters, const SearchSpace& over) {
  nlohmann::ordered_json values;
  for (const auto& [key, value] : parameters) {
    const auto range = over.find(key);
    const bool named = range != over.end() && !range->second.names.empty();
    values[key] = named ? nlohmann::ordered_json(selection::value_text(range->second, value))
                        : nlohmann::ordered_json(value);
  }
  return values;
}

nlohmann::ordered_json decisions_json(const std::vector<Decision>& decided) {
  auto decisions = nlohmann::ordered_json::array();
  for (const Decision& decision : decided) {
    nlohmann::ordered_json trial;
    if (decision.trial > 0) trial = decision.trial;
    decisions.push_back({{"trial", trial}, {"reason", decision.reason}});
  }
  return decisions;
}

bool says_something(std::string_view metric, std::size_t classes) {
  constexpr std::string_view top = "top";
  if (!metric.starts_with(top)) return true;
  std::size_t k = 0;
  const char* end = metric.data() + metric.size();
  const auto read = std::from_chars(metric.data() + top.size(), end, k);
  return read.ec != std::errc() || read.ptr != end || k < classes;
}

std::string metrics_table(const std::vector<std::pair<std::string, std::optional<Metrics>>>& sets,
                          std::size_t classes, const Page& page) {
  std::vector<std::vector<std::string>> rows{{"", "images", "data loss", "penalty", "objective"}};
  const auto first = std::ranges::find_if(sets, [](const auto& set) { return bool(set.second); });
  auto measured = first == sets.end() ? std::vector<MetricValue>() : first->second->values;
  std::erase_if(measured,
                [&](const MetricValue& metric) { return !says_something(metric.name, classes); });
  for (const MetricValue& metric : measured) rows.front().push_back(metric.name);
  for (const auto& [name, metrics] : sets) {
    if (!metrics) continue;
    rows.push_back({name, count(metrics->images), number(metrics->data_loss),
                    number(metrics->penalty), number(metrics->objective)});
    for (const MetricValue& metric : measured) {
      const MetricValue* value = metrics->find(metric.name);
      rows.back().push_back(value ? number(value->value) : "-");
    }
  }
  return table(rows, page);
}

std::string model_table(const Model& model, const Page& page) {
  const bool limited = page.width < std::numeric_limits<int>::max();
  return limited ? model.summary(static_cast<std::size_t>(page.width)) : model.summary();
}

namespace {

struct Zeros {
  std::string kernel;
  double zeros, weights;
};

std::vector<Zeros> zeros_of(const Model& model) {
  std::vector<Zeros> all;
  for (const Parameter& parameter : model.layout().parameters) {
    if (parameter.spec.role != Role::kernel) continue;
    const std::vector<float> weights = model.weights(parameter.name);
    all.push_back({parameter.name, static_cast<double>(std::ranges::count(weights, 0.0F)),
                   static_cast<double>(weights.size())});
  }
  return all;
}

}  // namespace

nlohmann::ordered_json zeros_json(const Model& model) {
  auto shares = nlohmann::ordered_json::object();
  for (const auto& [kernel, zeros, weights] : zeros_of(model)) shares[kernel] = zeros / weights;
  return shares;
}

std::string zeros_text(const Model& model) {
  double all_zeros = 0, all_weights = 0;
  std::vector<std::string> kernels;
  for (const auto& [kernel, zeros, weights] : zeros_of(model)) {
    all_zeros += zeros;
    all_weights += weights;
    if (zeros > 0) kernels.push_back(fmt::format("{} {:.3g} %", kernel, 100 * zeros / weights));
  }
  if (all_zeros == 0) return {};
  return fmt::format("{:.3g} % of the kernels' weights are exactly 0: {}\n",
                     100 * all_zeros / all_weights, fmt::join(kernels, ", "));
}

std::filesystem::path model_file(const std::filesystem::path& model) {
  if (!std::filesystem::is_directory(model)) return model;
  for (const char* inside : {"model.safetensors", "refit/model.safetensors"}) {
    if (std::filesystem::exists(model / inside)) return model / inside;
  }
  throw DataError(
      fmt::format("the folder {} holds no model.safetensors: name a model file, or the "
                  "folder of a run that got through an epoch",
                  model.string()));
}

}  // namespace ridgeline::cli
