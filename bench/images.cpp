// ImageNet's training augmentation on one core: a random part of an image (8 % to 100 % of its
// area, sides 3:4 to 4:3) at 224 x 224, mirrored half of the time, as numbers in planes.
// bench/images.py runs it in turn with other libraries.
//
//   bench_images FOLDER    reads all files of the folder. For each line on standard input, it goes
//                          through them once and writes two CPU times in seconds: of decoding
//                          alone, and of everything
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <vector>

#include "image/decode.hpp"
#include "image/planes.hpp"
#include "image/resize.hpp"

namespace ridgeline {
namespace {

using File = std::vector<std::uint8_t>;
constexpr std::int64_t side = 224;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The rule of torchvision's RandomResizedCrop, without its fallback.
PixelBox random_box(std::mt19937& random, const image::Header& header) {
  std::uniform_real_distribution<double> share(0.08, 1),
      ratio(std::log(3.0 / 4), std::log(4.0 / 3));
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double area = share(random) * static_cast<double>(header.height * header.width);
    const double aspect = std::exp(ratio(random));
    const std::int64_t width = std::llround(std::sqrt(area * aspect));
    const std::int64_t height = std::llround(std::sqrt(area / aspect));
    if (width < 1 || height < 1 || width > header.width || height > header.height) continue;
    const auto from = [&](std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>(0, most)(random);
    };
    return {from(header.width - width), from(header.height - height), width, height};
  }
  return {0, 0, header.width, header.height};
}

/// The memory that a thread of a loader uses again.
struct Memory {
  image::Decoded part;
  Image resized;
  image::ResizeScratch scratch;
  std::vector<float> planes;
};

void augment(const File& file, std::mt19937& random, Memory& memory) {
  const PixelBox box = random_box(random, image::read_header(file));
  image::decode_box(file, {box, side, side}, memory.part);
  image::resize(memory.part.image, {side, side}, image::Filter::bilinear, memory.part.box,
                memory.resized, memory.scratch);
  memory.planes.resize(memory.resized.pixels.size());
  image::to_planes(memory.resized, random() % 2 == 0, memory.planes);
}

}  // namespace

int measure_images(int count, char** arguments) {
  if (count != 2) return 2;
  std::vector<File> files;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::mt19937 random(1);
  Memory memory;
  for (std::string line; std::getline(std::cin, line);) {
    const double start = cpu_seconds();
    for (const File& file : files) image::decode_box(file, ImageRequest{}, memory.part);
    const double decoded = cpu_seconds();
    for (const File& file : files) augment(file, random, memory);
    fmt::print("{} {}\n", decoded - start, cpu_seconds() - decoded);
    std::cout.flush();
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace ridgeline

int main(int count, char** arguments) {
  return ridgeline::measure_images(count, arguments);
}
