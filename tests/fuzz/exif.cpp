// Any bytes give an orientation from 1 to 8.
#include "image/orient.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int orientation = ridgeline::image::exif_orientation({data, size});
  if (orientation < 1 || orientation > 8) __builtin_trap();
  return 0;
}
