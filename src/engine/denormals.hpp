#pragma once
// Treats denormal numbers, which are too small for a normal exponent, as 0.
//
// Under Adam a coupled L2 penalty shrinks weights that the data no longer move by a constant
// factor. They become denormal, and many processors are far slower with denormal numbers:
// article-cnn fell from 12,900 to 480 images/s on an Intel Xeon within four epochs of CIFAR-10 at
// l2 = 1e-3.

#include <cstdint>

namespace ridgeline::engine {

/// During its lifetime this thread reads and writes denormal numbers as 0 (on x86-64 and AArch64;
/// elsewhere it does nothing). Then it restores the thread's setting.
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
