#pragma once
// The measurements, in a folder of CSV files: results.csv has a line for each training; weights.csv
// and gradients.csv have lists of numbers for some of them.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace study {

struct Result {
  std::string data, experiment;
  double seed = 0, images = 0;  ///< images: for training, before any were held out
  double epochs = 0, epochs_run = 0;
  double l2 = 0, l1 = 0, decay = 0;
  /// For the final weights: accuracies as fractions, and mean data losses.
  double train_accuracy = 0, train_loss = 0, test_accuracy = 0, test_loss = 0;
  double penalty = 0;
  double zeros = 0;  ///< the share of the kernels' weights that are exactly 0
  double norm = 0;   ///< Euclidean, of all kernels together
  double seconds = 0;
};

/// A list of numbers: for bins of weights, or for kernels from the image to the output.
struct Profile {
  std::string data, experiment;
  double seed = 0, epoch = 0;
  std::vector<double> values;
};

struct Records {
  std::vector<Result> results;
  std::vector<Profile> weights;    ///< the number of dense_1's weights in each bin
  std::vector<Profile> gradients;  ///< the mean over the epoch's steps of |data gradient|
};

/// Bins of weights: an odd number, so that zero is in the middle of one. Numbers outside count
/// in the first or the last.
struct Bins {
  static constexpr int count = 121;
  static constexpr double width = 0.005;
  static constexpr double low = -count * width / 2;
};

/// A folder or file that does not exist counts as empty. Throws DataError for a file that `write`
/// did not write.
Records read(const std::filesystem::path& folder);
/// Writes each file whole or not at all, and results.csv last, so that the trainings in it are
/// complete. Throws ResourceError.
void write(const std::filesystem::path& folder, const Records& records);

/// The result of this training, or null.
const Result* find(const Records& records, std::string_view data, std::string_view experiment,
                   int seed);

struct Estimate {
  double mean = 0;
  double error = 0;  ///< standard error over the seeds; 0 for one seed
  int seeds = 0;     ///< 0: nothing was measured
};
Estimate estimate(const std::vector<double>& values);
Estimate estimate(const Records& records, std::string_view data, std::string_view experiment,
                  double Result::*field);

/// For numbers over powers of ten: the geometric mean, and the factor by which one standard error
/// of the logarithms changes it. If any number is 0, the mean is 0.
struct Spread {
  double mean = 0;
  double factor = 1;
};
Spread spread(std::vector<double> values);

}  // namespace study
