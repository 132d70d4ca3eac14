#include "data/inspection/scan.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <thread>

#include "data/inspection/channel_sums.hpp"
#include "data/sources/stored_format.hpp"
#include "ridgeline/error.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::data {
namespace {

constexpr std::size_t images_of_block = 64;

class Scanner {
 public:
  Scanner(const Dataset& data, const ScanOptions& options)
      : data_(data),
        count_(options.at_most == 0 ? data.size() : std::min(options.at_most, data.size())),
        blocks_((count_ + images_of_block - 1) / images_of_block) {
    result_.images.resize(data.size());
    result_.looked_at = count_;
  }

  void work() noexcept {
    try {
      Memory memory;
      for (std::size_t block = 0; !stop_ && (block = next_++) < blocks_.size();) {
        Block& own = blocks_[block];
        const std::size_t end = std::min(count_, (block + 1) * images_of_block);
        for (std::size_t k = block * images_of_block; k < end && !stop_; ++k, ++done_) {
          look_at(k * data_.size() / count_, own, memory);
        }
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failed_) failed_ = std::current_exception();
      stop_ = true;
    }
  }

  bool finished() const { return stop_ || done_ >= count_; }
  std::size_t done() const { return done_; }
  void stop() { stop_ = true; }

  Scan result() {
    if (failed_) std::rethrow_exception(failed_);
    ChannelSums sums;
    for (Block& block : blocks_) {
      sums.add(block.sums);
      for (const auto& [format, images] : block.formats) result_.formats[format] += images;
      std::ranges::move(block.unreadable, std::back_inserter(result_.unreadable));
    }
    result_.mean = sums.mean();
    result_.deviation = sums.deviation();
    return std::move(result_);
  }

 private:
  struct Memory {
    DecodedImage decoded;
    std::vector<float> pixels;
  };
  struct Block {
    ChannelSums sums;
    std::map<std::string, std::size_t> formats;
    std::vector<Unreadable> unreadable;
  };

  void look_at(std::size_t i, Block& block, Memory& memory) {
    try {
      const auto format = std::string(stored_format(*data_.source(), data_.id(i)));
      data_.source()->eight_bit() ? decode(i, block, memory) : read(i, block, memory);
      if (!format.empty()) ++block.formats[format];
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::data && error.kind() != ErrorKind::resource) throw;
      result_.images[i] = {};
      block.unreadable.push_back({i, error.what()});
    }
  }

  void decode(std::size_t i, Block& block, Memory& memory) {
    data_.source()->decode(
        data_.id(i), [](const Shape&) { return ImageRequest(); }, memory.decoded);
    const Image& image = memory.decoded.image;
    ScannedImage& record = result_.images[i];
    record.height = static_cast<std::int32_t>(image.height);
    record.width = static_cast<std::int32_t>(image.width);
    record.pixels = pixel_hash(image);
    // Images with other numbers of channels are not photographs.
    record.bytes = image.channels == 1 || image.channels == 3;
    if (record.bytes) record.look = perceptual_hash(image);
    if (!data_.preprocessing()) {
      block.sums.add(image);
    } else {
      measure(i, block, memory);
    }
    record.channels = static_cast<std::uint8_t>(image.channels);
  }

  void read(std::size_t i, Block& block, Memory& memory) {
    measure(i, block, memory);
    const Shape shape = data_.image_shape();
    ScannedImage& record = result_.images[i];
    record.bytes = false;
    record.height = static_cast<std::int32_t>(shape[1]);
    record.width = static_cast<std::int32_t>(shape[2]);
    const auto bytes = std::as_bytes(std::span(memory.pixels));
    record.pixels = hash_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    record.channels = static_cast<std::uint8_t>(shape[0]);
  }

  void measure(std::size_t i, Block& block, Memory& memory) {
    const Shape shape = data_.image_shape();
    memory.pixels.resize(static_cast<std::size_t>(shape.elements()));
    data_.read(i, memory.pixels);
    block.sums.add(memory.pixels, static_cast<std::size_t>(shape[0]));
  }

  const Dataset& data_;
  const std::size_t count_;
  Scan result_;
  std::vector<Block> blocks_;
  std::atomic<std::size_t> next_ = 0, done_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::exception_ptr failed_;
};

}  // namespace

Scan scan(const Dataset& data, const ScanOptions& options) {
  if (data.empty()) return {};
  Scanner scanner(data, options);
  std::vector<std::thread> threads =
      start_threads(std::max(1, options.threads), {.purpose = "look at images",
                                                   .key = "the number of threads",
                                                   .work = [&](int) { scanner.work(); },
                                                   .release = [&] { scanner.stop(); }});
  bool interrupted = false;
  while (options.progress && !scanner.finished()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (options.progress(scanner.done())) continue;
    interrupted = true;
    scanner.stop();
  }
  for (std::thread& thread : threads) thread.join();
  if (interrupted) {
    throw Error(ErrorKind::interrupted, "stopped before all images were looked at");
  }
  return scanner.result();
}

}  // namespace ridgeline::data
