#include "cli/prediction_output.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/table.hpp"

namespace ridgeline::cli {
namespace {

bool present(const Prediction& prediction) {
  return prediction.probability >= present_from;
}

// In quotes if RFC 4180 requires them.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

nlohmann::ordered_json predictions_json(std::span<const ImageResult> results, PredictionKind kind) {
  auto images = nlohmann::ordered_json::array();
  for (const ImageResult& result : results) {
    auto& image = images.emplace_back(nlohmann::ordered_json{{"image", result.image}});
    auto& labels = image["predictions"] = nlohmann::ordered_json::array();
    for (const Prediction& one : result.prediction.labels) {
      auto& label = labels.emplace_back(
          nlohmann::ordered_json{{"label", one.name}, {"probability", one.probability}});
      if (kind == PredictionKind::labels) label["present"] = present(one);
    }
    if (!result.error.empty()) {
      image["error"] = result.error;
    } else if (kind == PredictionKind::values) {
      auto& values = image["values"] = nlohmann::ordered_json::object();
      for (const auto& [name, value] : result.prediction.values) values[name] = value;
    }
  }
  return images;
}

std::string predictions_table(std::span<const ImageResult> results, PredictionKind kind,
                              const Page& page) {
  std::vector<std::vector<std::string>> rows{{"image", "label", "probability"}};
  if (kind == PredictionKind::labels) rows[0].emplace_back("present");
  if (kind == PredictionKind::values) rows[0] = {"image", "value", "prediction"};
  for (const ImageResult& result : results) {
    std::string image = result.image;
    const auto add = [&](const std::string& name, double value) -> auto& {
      rows.push_back({std::exchange(image, {}), name, number(value)});
      return rows.back();
    };
    for (const Prediction& one : result.prediction.labels) {
      auto& row = add(one.name, one.probability);
      if (kind == PredictionKind::labels) row.emplace_back(present(one) ? "yes" : "no");
    }
    for (const auto& [name, value] : result.prediction.values) add(name, value);
  }
  return rows.size() > 1 ? table(rows, page) : "";
}

std::string predictions_csv(std::span<const ImageResult> results, PredictionKind kind) {
  const bool values = kind == PredictionKind::values;
  std::string text = values ? "image,name,value\r\n" : "image,rank,label,probability\r\n";
  for (const ImageResult& result : results) {
    const std::string image = cell(result.image);
    for (std::size_t k = 0; k < result.prediction.labels.size(); ++k) {
      const Prediction& one = result.prediction.labels[k];
      text += fmt::format("{},{},{},{}\r\n", image, k + 1, cell(one.name), one.probability);
    }
    for (const auto& [name, value] : result.prediction.values) {
      text += fmt::format("{},{},{}\r\n", image, cell(name), value);
    }
  }
  return text;
}

}  // namespace ridgeline::cli
