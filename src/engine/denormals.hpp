#pragma once
// Numbers too small for a normal exponent, taken as 0.
//
// Under Adam a coupled L2 penalty takes weights that the data no longer move to 0 geometrically,
// through the denormal numbers, on which many processors compute far slower: article-cnn fell from
// 12,900 to 480 images/s on an Intel Xeon within four epochs of CIFAR-10 at l2 = 1e-3.

#include <cstdint>

namespace ridgeline::engine {

/// While it lives, this thread reads and writes denormal numbers as 0 (x86-64, AArch64; elsewhere
/// it does nothing). The thread's setting before is restored.
class FlushDenormals {
 public:
  FlushDenormals();
  ~FlushDenormals();
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  std::uint64_t before_;
};

}  // namespace ridgeline::engine
