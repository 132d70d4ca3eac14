#pragma once
// Loops that are shared between the engine's threads.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace ridgeline {

/// Splits loops between threads. By default the calling thread does everything.
class Parallel {
 public:
  using Work = std::function<void(std::int64_t begin, std::int64_t end)>;
  using Loop = std::function<void(std::int64_t count, std::int64_t grain, const Work& work)>;

  Parallel() = default;
  explicit Parallel(Loop loop) : loop_(std::move(loop)) {}

  /// Splits [0, count) into runs, calls work(begin, end) for them, several at once, and returns
  /// when all are done. Runs begin at multiples of `grain`, at least 1. The runs depend on the
  /// number of threads, so results must not depend on the runs.
  void operator()(std::int64_t count, std::int64_t grain, const Work& work) const {
    if (count == 0) return;
    loop_ ? loop_(count, grain, work) : work(0, count);
  }

  /// The sum of part(begin, end) over runs of `length` that make up [0, count), in their order. The
  /// number of threads does not change the result.
  template <typename Part>
  double sum(std::int64_t count, std::int64_t length, Part part) const {
    std::vector<double> sums(static_cast<std::size_t>((count + length - 1) / length));
    (*this)(static_cast<std::int64_t>(sums.size()), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        sums[static_cast<std::size_t>(i)] = part(i * length, std::min(count, (i + 1) * length));
      }
    });
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
  }

 private:
  Loop loop_;
};

}  // namespace ridgeline
