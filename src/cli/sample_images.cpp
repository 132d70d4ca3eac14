#include "cli/sample_images.hpp"

#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::cli {

SampleImages sample_images(const Arguments& arguments, Console& console) {
  const auto source = arguments.option("--data"), path = arguments.option("--path");
  if (source || path) {
    const std::string name = source.value_or("cifar10");
    return {load(name, path.value_or("")).train, name};
  }
  try {
    return {cifar10().train, "cifar10"};
  } catch (const ResourceError&) {
    console.note("CIFAR-10 was not found: random images of the same size are used instead.");
  }
  constexpr std::size_t images = 4096, pixels = 3 * 32 * 32;
  Random random(1, Purpose::sample);
  std::vector<std::uint8_t> bytes(images * pixels);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.bits() >> 24);
  std::vector<std::int32_t> labels(images);
  for (std::size_t i = 0; i < images; ++i) labels[i] = static_cast<std::int32_t>(i % 10);
  return {from_memory(bytes, {3, 32, 32}, ImageLayout::nchw, labels), "random"};
}

}  // namespace ridgeline::cli
