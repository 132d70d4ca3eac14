// Any bytes give an image or a DataError: the whole image, and a part of it at a smaller size.
#include "image/decode.hpp"

#include "ridgeline/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ridgeline;
  // Larger images only take longer.
  constexpr std::int64_t most_pixels = 1 << 18;
  const image::Bytes file(data, size);
  try {
    const image::Header header = image::read_header(file);
    if (header.format != RIDGELINE_FUZZ_FORMAT) return -1;
    if (header.height * header.width > most_pixels) return 0;
    const PixelBox box{header.width / 3, header.height / 4, (header.width + 1) / 2,
                       (header.height + 1) / 2};
    image::decode(file, {box, 1 + box.height / 3, 1 + box.width / 3});
    const Image whole = image::decode(file);
    if (whole.height != header.height || whole.width != header.width ||
        whole.channels != header.channels) {
      __builtin_trap();
    }
  } catch (const DataError&) {
    return 0;
  }
  return 0;
}
