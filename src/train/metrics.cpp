#include <array>

#include "network/check.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline {
namespace {

constexpr std::array<std::string_view, 5> names{"data_loss", "penalty", "objective", "accuracy",
                                                "top5"};

}  // namespace

double Metrics::value(std::string_view name) const {
  const std::array<double, names.size()> values{data_loss, penalty, objective, accuracy, top5};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return values[i];
  }
  throw UsageError(
      fmt::format("there is no metric '{}': {}", name, network::suggestion(name, names)));
}

}  // namespace ridgeline
