#include "network/initialize.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "network/call.hpp"
#include "network/orthogonal.hpp"
#include "options/check.hpp"
#include "tensor/random.hpp"

namespace ridgeline::network {
namespace {

/// How values are filled. Only some kinds use `variance` or `constant`.
struct Filling {
  enum class Kind { uniform, normal, orthogonal, constant } kind;
  double variance = 0;
  double constant = 0;
};

using Kind = Filling::Kind;
constexpr std::array<std::string_view, 13> names = {"glorot_uniform",
                                                    "glorot_normal",
                                                    "he_uniform",
                                                    "he_normal",
                                                    "lecun_uniform",
                                                    "lecun_normal",
                                                    "he_uniform_fan_out",
                                                    "he_normal_fan_out",
                                                    "orthogonal",
                                                    "zeros",
                                                    "ones",
                                                    "constant",
                                                    "normal"};

Filling parse(std::string_view text, double fan_in, double fan_out) {
  const Call call = parse_call("initializer", text);
  require(std::ranges::find(names, call.name) != names.end(), "there is no initializer '{}': {}",
          call.name, suggestion(call.name, names));
  const std::string_view name = call.name;
  if (name == "constant") {
    require(call.argument.has_value(), "initializer 'constant' needs its value: constant(0.1)");
    return {Kind::constant, 0, *call.argument};
  }
  if (name == "normal") {
    require(call.argument && *call.argument > 0,
            "initializer 'normal' needs its standard deviation, above 0: normal(0.01)");
    return {Kind::normal, *call.argument * *call.argument};
  }
  require(!call.argument, "initializer '{}' takes no number: write '{}'", text, name);
  if (name == "zeros" || name == "ones") return {Kind::constant, 0, name == "ones" ? 1.0 : 0.0};
  if (name == "orthogonal") return {Kind::orthogonal};
  const double variance = name.starts_with("glorot")   ? 2 / (fan_in + fan_out)
                          : name.ends_with("_fan_out") ? 2 / fan_out
                          : name.starts_with("he")     ? 2 / fan_in
                                                       : 1 / fan_in;
  const bool uniform = name.find("_uniform") != std::string_view::npos;
  return {uniform ? Kind::uniform : Kind::normal, variance};
}

void fill_uniform(double variance, Random& random, std::span<float> values) {
  const double limit = std::sqrt(3 * variance);
  for (float& value : values) {
    value = static_cast<float>(limit * (2 * random.uniform_double() - 1));
  }
}

void fill_truncated_normal(double variance, Random& random, std::span<float> values) {
  // The deviation of a standard normal that is truncated at -2 and 2.
  constexpr double truncated_deviation = 0.87962566103423978;
  const double scale = std::sqrt(variance) / truncated_deviation;
  for (float& value : values) {
    double z = random.normal();
    while (std::abs(z) > 2) z = random.normal();
    value = static_cast<float>(scale * z);
  }
}

}  // namespace

void check_initializer(std::string_view text) {
  parse(text, 1, 1);
}

void initialize(const ParameterSpec& spec, std::uint64_t seed, std::uint64_t parameter_index,
                std::span<float> values) {
  assert(static_cast<std::int64_t>(values.size()) == spec.shape.elements());
  const Filling filling =
      parse(spec.initializer, static_cast<double>(spec.fan_in), static_cast<double>(spec.fan_out));
  Random random(seed, Purpose::initialize, parameter_index);
  switch (filling.kind) {
    case Kind::uniform:
      return fill_uniform(filling.variance, random, values);
    case Kind::normal:
      return fill_truncated_normal(filling.variance, random, values);
    case Kind::orthogonal: {
      const std::int64_t rows = spec.shape.rank() > 0 ? spec.shape[0] : 1;
      return fill_orthogonal(rows, spec.shape.elements() / rows, random, values);
    }
    case Kind::constant:
      std::ranges::fill(values, static_cast<float>(filling.constant));
  }
}

}  // namespace ridgeline::network
