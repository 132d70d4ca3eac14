#include "fuzz/idx_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ridgeline::test::check_idx({data, size});
  return 0;
}
