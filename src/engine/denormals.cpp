#include "engine/denormals.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ridgeline::engine {
namespace {

#if defined(__x86_64__)
constexpr std::uint64_t flush = _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON;  // results, operands
std::uint64_t control() {
  return _mm_getcsr();
}
void set_control(std::uint64_t value) {
  _mm_setcsr(static_cast<unsigned>(value));
}
#elif defined(__aarch64__)
constexpr std::uint64_t flush = std::uint64_t{1} << 24;  // FPCR.FZ
std::uint64_t control() {
  std::uint64_t value;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
void set_control(std::uint64_t value) {
  asm volatile("msr fpcr, %0" : : "r"(value));
}
#else
constexpr std::uint64_t flush = 0;
std::uint64_t control() {
  return 0;
}
void set_control(std::uint64_t) {}
#endif

}  // namespace

FlushDenormals::FlushDenormals() : before_(control()) {
  set_control(before_ | flush);
}
FlushDenormals::~FlushDenormals() {
  // Exception flags that were set meanwhile are kept, as after any arithmetic.
  set_control((control() & ~flush) | (before_ & flush));
}

}  // namespace ridgeline::engine
