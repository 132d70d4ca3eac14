#include "cli/results.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/table.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {

nlohmann::ordered_json to_json(const std::optional<Metrics>& metrics) {
  if (!metrics) return nullptr;
  return {{"images", metrics->images},     {"data_loss", metrics->data_loss},
          {"penalty", metrics->penalty},   {"objective", metrics->objective},
          {"accuracy", metrics->accuracy}, {"top5", metrics->top5}};
}

std::string metrics_table(const std::vector<std::pair<std::string, std::optional<Metrics>>>& sets) {
  std::vector<std::vector<std::string>> rows{
      {"", "images", "data loss", "penalty", "objective", "accuracy"}};
  for (const auto& [name, metrics] : sets) {
    if (!metrics) continue;
    rows.push_back({name, count(metrics->images), number(metrics->data_loss),
                    number(metrics->penalty), number(metrics->objective),
                    number(metrics->accuracy)});
  }
  return table(rows);
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
