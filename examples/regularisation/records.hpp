#pragma once
// What was measured, in a folder of CSV files: results.csv has a line a training, weights.csv and
// gradients.csv have lists of numbers of some of them.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace study {

struct Result {
  std::string data, experiment;
  double seed = 0, images = 0;  ///< images: of training, before any were held out
  double epochs = 0, epochs_run = 0;
  double l2 = 0, l1 = 0, decay = 0;
  /// Of the weights in the end: fractions, and means of the data loss.
  double train_accuracy = 0, train_loss = 0, test_accuracy = 0, test_loss = 0;
  double penalty = 0;
  double zeros = 0;  ///< the share of the kernels' weights that are exactly 0
  double norm = 0;   ///< Euclidean, of all kernels together
  double seconds = 0;
};

/// Numbers along something: bins of weights, or kernels from the image to the output.
struct Profile {
  std::string data, experiment;
  double seed = 0, epoch = 0;
  std::vector<double> values;
};

struct Records {
  std::vector<Result> results;
  std::vector<Profile> weights;    ///< how many weights of dense_1 lie in each Bins
  std::vector<Profile> gradients;  ///< the mean over the epoch's steps of |data gradient|
};

/// Bins of weights: an odd number, so that zero is in the middle of one. What lies outside counts
/// in the first or the last.
struct Bins {
  static constexpr int count = 121;
  static constexpr double width = 0.005;
  static constexpr double low = -count * width / 2;
};

/// Of a folder or a file that is not there: nothing. Throws DataError for a file that is not what
/// `write` wrote.
Records read(const std::filesystem::path& folder);
/// Each file whole or not at all, and results.csv last: a training that stands there is complete.
/// Throws ResourceError.
void write(const std::filesystem::path& folder, const Records& records);

/// The result of that training, or null.
const Result* find(const Records& records, std::string_view data, std::string_view experiment,
                   int seed);

struct Estimate {
  double mean = 0;
  double error = 0;  ///< standard error over the seeds; of one seed 0
  int seeds = 0;     ///< 0: nothing was measured
};
Estimate estimate(const std::vector<double>& values);
Estimate estimate(const Records& records, std::string_view data, std::string_view experiment,
                  double Result::*field);

/// Of what goes over powers of ten: the geometric mean, and the factor by which one standard error
/// of the logarithms changes it. Where one is 0, the mean is.
struct Spread {
  double mean = 0;
  double factor = 1;
};
Spread spread(std::vector<double> values);

}  // namespace study
