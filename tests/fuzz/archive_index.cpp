#include "fuzz/data_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ridgeline::test::check_archive_index({data, size});
  return 0;
}
