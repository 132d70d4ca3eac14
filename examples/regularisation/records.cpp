#include "records.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <ridgeline/error.hpp>
#include <sstream>

namespace study {
namespace {

namespace fs = std::filesystem;
using ridgeline::DataError;
using ridgeline::ResourceError;

struct Column {
  const char* name;
  double Result::*field;
};
constexpr std::array columns{
    Column{"seed", &Result::seed},
    Column{"images", &Result::images},
    Column{"epochs", &Result::epochs},
    Column{"epochs_run", &Result::epochs_run},
    Column{"l2", &Result::l2},
    Column{"l1", &Result::l1},
    Column{"decay", &Result::decay},
    Column{"train_accuracy", &Result::train_accuracy},
    Column{"train_loss", &Result::train_loss},
    Column{"test_accuracy", &Result::test_accuracy},
    Column{"test_loss", &Result::test_loss},
    Column{"penalty", &Result::penalty},
    Column{"zeros", &Result::zeros},
    Column{"norm", &Result::norm},
    Column{"seconds", &Result::seconds},
};

std::string result_header() {
  std::string header = "data,experiment";
  for (const Column& column : columns) header += std::string(",") + column.name;
  return header;
}
const char* const profile_header = "data,experiment,seed,epoch,values";

std::string text_of(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.7g", value);
  return text;
}

double number_of(const std::string& text, const std::string& place) {
  std::size_t end = 0;
  double value = 0;
  try {
    value = std::stod(text, &end);
  } catch (const std::logic_error&) {
    end = 0;
  }
  if (end != text.size() || text.empty()) {
    throw DataError(place + ": \"" + text + "\" is not a number");
  }
  return value;
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

// Calls `take` with the fields and the place of each line.
template <typename Take>
void read_lines(const fs::path& file, const std::string& header, const Take& take) {
  std::ifstream stream(file);
  if (!stream) {
    if (!fs::exists(file)) return;
    throw ResourceError(file.string() + " cannot be read");
  }
  std::string line;
  if (!std::getline(stream, line) || line != header) {
    throw DataError(file.string() + ":1: the columns must be " + header);
  }
  const std::size_t count = split(header, ',').size();
  for (int number = 2; std::getline(stream, line); ++number) {
    const std::string place = file.string() + ':' + std::to_string(number);
    const std::vector<std::string> fields = split(line, ',');
    if (fields.size() != count) {
      throw DataError(place + ": there must be " + std::to_string(count) + " fields, not " +
                      std::to_string(fields.size()));
    }
    take(fields, place);
  }
}

// Each has `count` values, or at least one if `count` is 0.
std::vector<Profile> read_profiles(const fs::path& file, std::size_t count) {
  std::vector<Profile> profiles;
  read_lines(file, profile_header, [&](const auto& fields, const std::string& place) {
    Profile profile{.data = fields[0],
                    .experiment = fields[1],
                    .seed = number_of(fields[2], place),
                    .epoch = number_of(fields[3], place)};
    for (const std::string& value : split(fields[4], ' ')) {
      profile.values.push_back(number_of(value, place));
    }
    if (count > 0 && profile.values.size() != count) {
      throw DataError(place + ": there must be " + std::to_string(count) + " values, not " +
                      std::to_string(profile.values.size()));
    }
    profiles.push_back(std::move(profile));
  });
  return profiles;
}

std::string text_of(const std::vector<Profile>& profiles) {
  std::string text = std::string(profile_header) + '\n';
  for (const Profile& profile : profiles) {
    text += profile.data + ',' + profile.experiment + ',' + text_of(profile.seed) + ',' +
            text_of(profile.epoch);
    char separator = ',';
    for (const double value : profile.values) {
      text += separator + text_of(value);
      separator = ' ';
    }
    text += '\n';
  }
  return text;
}

std::string text_of(const std::vector<Result>& results) {
  std::string text = result_header() + '\n';
  for (const Result& result : results) {
    text += result.data + ',' + result.experiment;
    for (const Column& column : columns) text += ',' + text_of(result.*column.field);
    text += '\n';
  }
  return text;
}

void write_whole(const fs::path& file, const std::string& text) {
  fs::path partial = file;
  partial += ".partial";
  std::ofstream stream(partial);
  stream << text << std::flush;
  std::error_code error;
  if (stream) fs::rename(partial, file, error);
  if (!stream || error) throw ResourceError(file.string() + " cannot be written");
}

}  // namespace

Records read(const fs::path& folder) {
  Records records;
  read_lines(folder / "results.csv", result_header(),
             [&](const auto& fields, const std::string& place) {
               Result result{.data = fields[0], .experiment = fields[1]};
               for (std::size_t c = 0; c < columns.size(); ++c) {
                 result.*columns[c].field = number_of(fields[c + 2], place);
               }
               records.results.push_back(std::move(result));
             });
  records.weights = read_profiles(folder / "weights.csv", Bins::count);
  records.gradients = read_profiles(folder / "gradients.csv", 0);
  // Removes what a stopped training left before its result was written.
  const auto unfinished = [&](const Profile& p) {
    return find(records, p.data, p.experiment, static_cast<int>(p.seed)) == nullptr;
  };
  std::erase_if(records.weights, unfinished);
  std::erase_if(records.gradients, unfinished);
  return records;
}

void write(const fs::path& folder, const Records& records) {
  std::error_code error;
  fs::create_directories(folder, error);
  write_whole(folder / "weights.csv", text_of(records.weights));
  write_whole(folder / "gradients.csv", text_of(records.gradients));
  write_whole(folder / "results.csv", text_of(records.results));
}

const Result* find(const Records& records, std::string_view data, std::string_view experiment,
                   int seed) {
  for (const Result& result : records.results) {
    if (result.data == data && result.experiment == experiment && result.seed == seed) {
      return &result;
    }
  }
  return nullptr;
}

Estimate estimate(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  if (values.empty()) return {};
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / count;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {.mean = mean,
          .error = values.size() > 1 ? std::sqrt(squares / (count - 1) / count) : 0,
          .seeds = static_cast<int>(values.size())};
}

Spread spread(std::vector<double> values) {
  for (double& value : values) {
    if (value == 0) return {};
    value = std::log(value);
  }
  const Estimate logarithm = estimate(values);
  return {std::exp(logarithm.mean), std::exp(logarithm.error)};
}

Estimate estimate(const Records& records, std::string_view data, std::string_view experiment,
                  double Result::*field) {
  std::vector<double> values;
  for (const Result& result : records.results) {
    if (result.data == data && result.experiment == experiment) values.push_back(result.*field);
  }
  return estimate(values);
}

}  // namespace study
