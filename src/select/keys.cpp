#include "select/keys.hpp"

#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::selection {
namespace {

struct Key {
  std::string_view name;
  void (*set)(double value, ModelOptions& model, FitOptions& fit);
  double least = 0;
  bool whole = false;
};

using Options = ModelOptions;
constexpr std::array keys{
    Key{"regularize.l2", [](double v, Options& m, FitOptions&) { m.regularize.l2.value = v; }},
    Key{"regularize.l1", [](double v, Options& m, FitOptions&) { m.regularize.l1 = v; }},
    Key{"regularize.decay", [](double v, Options& m, FitOptions&) { m.regularize.decay = v; }},
    Key{"optimizer.learning_rate",
        [](double v, Options& m, FitOptions&) { m.optimizer.learning_rate.value = v; }},
    Key{"optimizer.clip_norm",
        [](double v, Options& m, FitOptions&) { m.optimizer.clip_norm = v; }},
    Key{"optimizer.clip_value",
        [](double v, Options& m, FitOptions&) { m.optimizer.clip_value = v; }},
    Key{"train.epochs", [](double v, Options&, FitOptions& f) { f.epochs = static_cast<int>(v); },
        1, true},
    Key{"train.batch",
        [](double v, Options&, FitOptions& f) { f.batch = static_cast<std::int64_t>(v); }, 1, true},
};

const Key& find(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Key& key : keys) {
    if (key.name == name) return key;
    known.push_back(key.name);
  }
  const std::string near = nearest(name, known);
  throw UsageError(fmt::format("select.over knows no '{}': {}", name,
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : fmt::format("did you mean '{}'?", near)));
}

}  // namespace

double set_key(std::string_view name, double value, ModelOptions& model, FitOptions& fit) {
  const Key& key = find(name);
  if (key.whole) value = std::round(value);
  const double most =
      key.whole ? std::numeric_limits<int>::max() : std::numeric_limits<double>::max();
  if (!(value >= key.least && value <= most)) {
    throw UsageError(fmt::format("select.over tries {} = {}, which must be at least {}{}", name,
                                 value, key.least,
                                 value > most ? fmt::format(" and at most {}", most) : ""));
  }
  key.set(value, model, fit);
  return value;
}

}  // namespace ridgeline::selection
