// Any box of any image, resized to any size.
#include "image/resize.hpp"

#include <cstring>

#include "ridgeline/error.hpp"

namespace {

struct Input {
  std::uint8_t filter, channels, height, width, to_height, to_width, scale, seed;
  double left, top, box_width, box_height;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ridgeline;
  Input input;
  if (size != sizeof input) return -1;
  std::memcpy(&input, data, sizeof input);
  Image from{input.channels % 2 == 0 ? 1 : 3, 1 + input.height, 1 + input.width, {}};
  from.pixels.resize(static_cast<std::size_t>(from.channels * from.height * from.width));
  for (std::size_t i = 0; i < from.pixels.size(); ++i) {
    from.pixels[i] = static_cast<std::uint8_t>(i * input.seed);
  }
  // Doubles of any bits are nearly always outside, so they are also taken as fractions.
  image::RealBox box{input.left, input.top, input.box_width, input.box_height};
  if (input.scale % 2 == 1) {
    box = {box.left * static_cast<double>(from.width), box.top * static_cast<double>(from.height),
           box.width * static_cast<double>(from.width),
           box.height * static_cast<double>(from.height)};
  }
  const auto filter = static_cast<image::Filter>(input.filter % 4);
  try {
    const Image to = image::resize(from, {input.to_height, input.to_width}, filter, box);
    if (to.height != input.to_height || to.width != input.to_width) __builtin_trap();
  } catch (const UsageError&) {
    return 0;
  }
  return 0;
}
