#pragma once
// Makes entries of the table of keys from fields of an experiment.

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "experiment/checks.hpp"
#include "experiment/codec.hpp"
#include "experiment/keys.hpp"

namespace ridgeline::experiment {

template <typename T>
constexpr bool is_number =
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> || std::is_same_v<T, Schedule>;

inline Value from_number(std::int64_t, double number) {
  return encode(static_cast<std::int64_t>(std::llround(number)));
}
inline Value from_number(double, double number) {
  return encode(number);
}
inline Value from_number(Schedule schedule, double number) {
  schedule.value = number;
  return encode(schedule);
}

/// A key of the field that `at` finds in an experiment.
template <typename At>
Key row_at(std::string name, At at, std::string meaning, Check check = {}) {
  using Field = std::remove_cvref_t<decltype(at(std::declval<Experiment&>()))>;
  Key key;
  key.name = name;
  key.meaning = std::move(meaning);
  key.read = [=](Experiment& experiment, const Value& value) {
    decode(value, name, at(experiment));
    if (check) check(value, name);
  };
  key.write = [=](const Experiment& experiment) { return encode(at(experiment)); };
  key.whole = std::is_same_v<Field, std::int64_t>;
  if constexpr (is_number<Field>) {
    key.set = [read = key.read, at](Experiment& experiment, double number) {
      read(experiment, from_number(at(experiment), number));
    };
  }
  return key;
}

template <typename Section, typename Field>
Key row(std::string name, Section Experiment::*section, Field Section::*field, std::string meaning,
        Check check = {}) {
  return row_at(
      std::move(name), [=](auto& experiment) -> auto& { return experiment.*section.*field; },
      std::move(meaning), std::move(check));
}

}  // namespace ridgeline::experiment
