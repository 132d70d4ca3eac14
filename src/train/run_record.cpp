// Reads a run's CSV files.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "diagnose/verdicts.hpp"
#include "interop/csv.hpp"
#include "interop/read_text.hpp"
#include "metrics/registry.hpp"
#include "ridgeline/error.hpp"
#include "train/divergence.hpp"
#include "train/experiment_file.hpp"
#include "train/monitor.hpp"
#include "train/statistics.hpp"

namespace ridgeline {
namespace {

using interop::cells_of;
using train::activation_fields;
using train::mean_fields;
using train::peak_fields;

// Reads a CSV file with a header line by line. Columns are found by name, so additional ones are
// ignored.
class CsvReader {
 public:
  explicit CsvReader(const std::filesystem::path& path) : path_(path) {
    constexpr std::uint64_t most = 1 << 30;
    auto [text, problem, refused] = interop::read_text(path, most);
    const std::string sentence = fmt::format("{} cannot be read: {}", path.string(), problem);
    if (refused) throw ResourceError(sentence);
    if (!problem.empty()) throw DataError(sentence);
    lines_.str(std::move(text));
    if (!std::getline(lines_, header_)) fail("is empty");
    names_ = cells_of(header_);
    for (std::size_t i = 0; i < names_.size(); ++i) columns_[names_[i]] = i;
  }

  bool next() {
    if (!std::getline(lines_, text_)) return false;
    ++line_;
    cells_ = cells_of(text_);
    if (cells_.size() != columns_.size()) {
      fail(fmt::format("has {} cells, not {}", cells_.size(), columns_.size()));
    }
    return true;
  }
  std::string_view cell(std::string_view column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end()) fail(fmt::format("there is no column {}", column));
    return cells_[found->second];
  }
  double number(std::string_view column) const {
    const std::string_view text = cell(column);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(fmt::format("'{}' is not a number for {}", text, column));
    }
    return value;
  }
  /// One that counts something.
  std::int64_t whole(std::string_view column) const {
    constexpr double most = 1e9;
    const double value = number(column);
    if (!(value >= 0 && value <= most && value == std::floor(value))) {
      fail(fmt::format("{} must be a whole number of at least 0, not {}", column, value));
    }
    return static_cast<std::int64_t>(value);
  }
  bool has(std::string_view column) const {
    return columns_.contains(column) && !cell(column).empty();
  }
  const std::vector<std::string_view>& columns() const { return names_; }
  [[noreturn]] void fail(std::string_view what) const {
    throw DataError(fmt::format("{}:{}: {}", path_.string(), line_, what));
  }

 private:
  std::filesystem::path path_;
  std::istringstream lines_;
  std::string header_, text_;
  std::vector<std::string_view> names_;
  std::map<std::string_view, std::size_t> columns_;
  std::vector<std::string_view> cells_;
  std::size_t line_ = 1;
};

Metrics metrics_of(const CsvReader& line, const std::string& set) {
  Metrics metrics{.data_loss = line.number(set + "data_loss"),
                  .penalty = line.number(set + "penalty"),
                  .objective = line.number(set + "objective")};
  for (const std::string_view column : line.columns()) {
    if (!column.starts_with(set)) continue;
    const std::string_view name = column.substr(set.size());
    if (train::is_loss(name) || name == "data_loss_error") continue;
    metrics.values.push_back({.name = std::string(name),
                              .value = line.number(column),
                              .higher_is_better = metrics::higher_is_better(name)});
  }
  return metrics;
}

std::vector<Epoch> read_epochs(const std::filesystem::path& file) {
  std::vector<Epoch> epochs;
  CsvReader line(file);
  while (line.next()) {
    Epoch& epoch = epochs.emplace_back();
    epoch.epoch = static_cast<int>(line.whole("epoch"));
    epoch.seconds = line.number("seconds");
    epoch.images_per_second = line.number("images_per_second");
    epoch.learning_rate = line.number("learning_rate");
    epoch.l2 = line.number("l2");
    epoch.decay_shrink = line.number("decay_shrink");
    epoch.train = metrics_of(line, "train_");
    if (!line.has("val_data_loss")) continue;
    epoch.validation = metrics_of(line, "val_");
    if (line.has("val_data_loss_error")) {
      epoch.validation->data_loss_error = line.number("val_data_loss_error");
    }
  }
  return epochs;
}

void read_statistics(const std::filesystem::path& file, const Model& model,
                     std::vector<Epoch>& epochs) {
  const auto& parameters = model.layout().parameters;
  const Network& network = model.network();
  CsvReader line(file);
  while (line.next()) {
    const auto number = static_cast<int>(line.whole("epoch"));
    const auto epoch = std::ranges::find(epochs, number, &Epoch::epoch);
    // If a run ended between the two files, one of them has one more epoch.
    if (epoch == epochs.end()) continue;
    EpochStatistics& statistics = epoch->statistics;
    statistics.steps = line.whole("steps");
    statistics.parameters.resize(parameters.size());
    const std::string_view name = line.cell("name");
    if (const int node = network.find(name); node >= 0) {
      statistics.activations.resize(network.nodes().size());
      auto& values = statistics.activations[static_cast<std::size_t>(node)];
      for (const auto& [column, field] : activation_fields) values.*field = line.number(column);
      continue;
    }
    const auto parameter = std::ranges::find(parameters, name, &Parameter::name);
    if (parameter == parameters.end()) {
      line.fail(fmt::format("the model has neither a layer nor a parameter '{}'", name));
    }
    auto& values = statistics.parameters[static_cast<std::size_t>(parameter - parameters.begin())];
    for (const auto& [column, field] : mean_fields) values.*field = line.number(column);
    for (const auto& [column, field] : peak_fields) {  // which older files do not have
      if (line.has(column)) values.*field = line.number(column);
    }
  }
}

}  // namespace

History load_history(const std::filesystem::path& run, const Model& model) {
  History history;
  const auto divergence = train::read_divergence(run / train::diverged_name);
  std::vector<Epoch>& epochs = history.epochs;
  const auto file = run / "history.csv";
  // Before the first epoch's end there is none.
  if (!divergence || std::filesystem::exists(file)) epochs = read_epochs(file);
  if (divergence) {
    epochs.push_back(
        {.epoch = static_cast<int>(epochs.size()) + 1, .learning_rate = divergence->learning_rate});
  }
  const auto statistics = run / "diagnosis.csv";
  if (divergence && !std::filesystem::exists(statistics)) {
    throw DataError(fmt::format("{} is not there, which belongs to {}: train again",
                                statistics.string(), train::diverged_name));
  }
  read_statistics(statistics, model, epochs);
  history.verdicts =
      diagnose::verdicts({.network = model.network(),
                          .layout = model.layout(),
                          .loss = model.options().loss->kind(),
                          .epochs = epochs,
                          .diverged = divergence.has_value(),
                          .overshoot = divergence ? divergence->overshoot : std::nullopt,
                          .regularize = model.options().regularize,
                          .experiment = train::experiment_file(run)});
  if (divergence) {
    history.diverged = divergence->sentence;
    history.broken_off = std::move(epochs.back());
    epochs.pop_back();
  }
  return history;
}

}  // namespace ridgeline
