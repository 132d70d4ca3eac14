#include "data/image_file.hpp"

#include <fmt/format.h>

#include <vector>

#include "data/file.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

template <typename Action>
auto naming(const std::filesystem::path& file, Action action) {
  try {
    return action();
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const ResourceError& error) {
    throw ResourceError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace

std::vector<std::uint8_t> read_image_bytes(const std::filesystem::path& file) {
  constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
  FileReader reader(file);
  reader.expect_at_most(most_bytes);
  std::vector<std::uint8_t> bytes(reader.stored_bytes());
  reader.read(bytes);
  return bytes;
}

Image read_image(const std::filesystem::path& file, const ImageRequest& request) {
  const std::vector<std::uint8_t> bytes = read_image_bytes(file);
  return naming(file, [&] { return image::decode(bytes, request); });
}

image::Header read_image_header(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> bytes = read_image_bytes(file);
  return naming(file, [&] { return image::read_header(bytes); });
}

}  // namespace ridgeline::data
