#include "data/packed.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "data/pack_file.hpp"
#include "data/wrapper.hpp"
#include "image/resize.hpp"
#include "ridgeline/error.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::data {
namespace {

image::Size packed_size(const Shape& full, std::int64_t shorter_side) {
  const std::int64_t shorter = std::min(full[1], full[2]);
  if (shorter_side == 0 || shorter <= shorter_side) return {full[1], full[2]};
  const auto side = [&](std::int64_t size) {
    const double scaled = static_cast<double>(size) * static_cast<double>(shorter_side) /
                          static_cast<double>(shorter);
    return std::max<std::int64_t>(1, std::lround(scaled));
  };
  return {side(full[1]), side(full[2])};
}

// What the images are, so that a cache of others is not taken for theirs.
std::uint64_t key_of(const SampleSource& source, const PackOptions& options) {
  std::uint64_t key = 0xcbf29ce484222325;
  const auto add = [&](std::uint64_t word) { key = (key ^ word) * 0x100000001b3; };
  add(static_cast<std::uint64_t>(options.shorter_side));
  for (std::size_t i = 0; i < source.size(); ++i) {
    for (const char c : source.name(i)) add(static_cast<unsigned char>(c));
    add(source.stamp(i));
  }
  return key;
}

class PackedSource final : public WrappedSource {
 public:
  PackedSource(std::shared_ptr<const SampleSource> source, std::shared_ptr<const PackFile> file)
      : WrappedSource(std::move(source)), file_(std::move(file)) {}

  Shape shape_of(std::size_t index) const override {
    const auto record = file_->find(index);
    return record ? record->shape : source().shape_of(index);
  }
  void decode(std::size_t index, const Choose& choose, DecodedImage& to) const override {
    const auto record = file_->find(index);
    if (!record) return source().decode(index, choose, to);
    const ImageRequest request = choose(record->shape);
    const Shape& shape = record->shape;
    const PixelBox box = request.box.value_or(PixelBox{0, 0, shape[2], shape[1]});
    to.box = {0, 0, static_cast<double>(box.width), static_cast<double>(box.height)};
    to.image.channels = shape[0];
    to.image.height = box.height;
    to.image.width = box.width;
    const auto row = static_cast<std::size_t>(box.width * shape[0]);
    to.image.pixels.resize(row * static_cast<std::size_t>(box.height));
    for (std::int64_t y = 0; y < box.height; ++y) {
      const auto from = static_cast<std::size_t>(((box.top + y) * shape[2] + box.left) * shape[0]);
      std::ranges::copy(record->pixels.subspan(from, row),
                        to.image.pixels.begin() + y * static_cast<std::ptrdiff_t>(row));
    }
  }

 private:
  std::shared_ptr<const PackFile> file_;
};

void decode_all(const SampleSource& source, const PackOptions& options, PackWriter& writer,
                const OnPacked& told) {
  std::atomic<std::size_t> next = 0, done = 0;
  std::mutex mutex;
  std::exception_ptr failed;
  const auto work = [&](int) {
    DecodedImage decoded;
    Image resized;
    image::ResizeScratch scratch;
    for (std::size_t i; (i = next++) < source.size();) {
      try {
        image::Size size;
        const auto whole = [&](const Shape& full) {
          size = packed_size(full, options.shorter_side);
          return ImageRequest{{}, size.height, size.width};
        };
        source.decode(i, whole, decoded);
        const Image& image = decoded.image;
        const bool same = image.height == size.height && image.width == size.width;
        if (!same) {
          image::resize(image, size, image::Filter::bilinear, decoded.box, resized, scratch);
        }
        writer.add(i, same ? image : resized);
      } catch (const DataError&) {  // left to the source
      } catch (...) {
        const std::scoped_lock lock(mutex);
        failed = std::current_exception();
        next = source.size();
      }
      const std::size_t count = ++done;
      if (!told || count % 64 != 0) continue;
      const std::scoped_lock lock(mutex);
      told(count, source.size());
    }
  };
  std::vector<std::thread> threads = start_threads(
      std::max(1, options.threads),
      {.purpose = "decode images", .key = "train.threads", .work = work, .release = [] {}});
  for (std::thread& thread : threads) thread.join();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace

std::uint64_t packed_bytes(const SampleSource& source, std::int64_t shorter_side) {
  constexpr std::size_t most = 100;
  const std::size_t count = std::min(most, source.size());
  double bytes = 0;
  std::size_t read = 0;
  for (std::size_t k = 0; k < count; ++k) {
    try {
      const Shape full = source.shape_of(k * source.size() / count);
      const image::Size size = packed_size(full, shorter_side);
      bytes += static_cast<double>(full[0] * size.height * size.width);
      ++read;
    } catch (const DataError&) {  // said when the image is read
    }
  }
  if (read == 0) return 0;
  return static_cast<std::uint64_t>(bytes / static_cast<double>(read) *
                                    static_cast<double>(source.size()));
}

std::shared_ptr<const SampleSource> packed(std::shared_ptr<const SampleSource> source,
                                           const PackOptions& options, const OnPacked& told) {
  const std::uint64_t key = key_of(*source, options);
  const auto path = options.folder / fmt::format("{:016x}.pack", key);
  auto file = PackFile::open(path, key, source->size());
  if (!file) {
    PackWriter writer(path, key, source->size(), options.most_bytes);
    decode_all(*source, options, writer, told);
    writer.finish();
    file = PackFile::open(path, key, source->size());
    if (!file) {
      throw ResourceError(
          fmt::format("{}: cannot be read again after it was written", path.string()));
    }
  }
  return std::make_shared<const PackedSource>(std::move(source), std::move(file));
}

}  // namespace ridgeline::data
