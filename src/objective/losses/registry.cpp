#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "objective/losses/losses.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

std::map<std::string, LossFactory, std::less<>>& factories() {
  static std::map<std::string, LossFactory, std::less<>> table{
      {"cross-entropy", objective::make_cross_entropy},
      {"mse", objective::make_mean_squared_error},
      {"binary-cross-entropy", objective::make_binary_cross_entropy},
  };
  return table;
}

}  // namespace

double Loss::weight(const Targets&, std::int64_t images) const {
  return static_cast<double>(images);
}

LossPtr make_loss(std::string_view kind, const Attributes& attributes) {
  const auto found = factories().find(kind);
  if (found != factories().end()) return found->second(attributes);
  std::vector<std::string_view> known;
  for (const auto& [name, factory] : factories()) known.push_back(name);
  const std::string near = nearest(kind, known);
  throw UsageError(fmt::format("there is no loss '{}': {}", kind,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

void register_loss(std::string kind, LossFactory factory) {
  factories()[std::move(kind)] = factory;
}

void objective::check_targets(const Targets& targets, std::int64_t images, std::int64_t outputs,
                              std::int64_t classes) {
  const auto count = static_cast<std::size_t>(images);
  if (!targets.values.empty()) {
    if (targets.width != outputs) {
      throw DataError(
          fmt::format("the targets have {} values per image, but the network has {} outputs",
                      targets.width, outputs));
    }
    if (targets.values.size() != count * static_cast<std::size_t>(outputs)) {
      throw DataError(fmt::format("there are {} target values for {} images of {} outputs",
                                  targets.values.size(), images, outputs));
    }
    if (!std::all_of(targets.values.begin(), targets.values.end(),
                     [](float v) { return std::isfinite(v); })) {
      throw DataError("a target value is not a finite number");
    }
    return;
  }
  if (targets.classes.size() != count) {
    throw DataError(
        fmt::format("there are {} labels for {} images", targets.classes.size(), images));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t c = targets.classes[i];
    if (c < 0 || c >= classes) {
      throw DataError(fmt::format("image {} has class {}, but the network knows classes 0 to {}", i,
                                  c, classes - 1));
    }
  }
}

}  // namespace ridgeline
