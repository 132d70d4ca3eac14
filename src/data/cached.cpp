#include "data/cached.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "data/pixels.hpp"
#include "data/wrapper.hpp"

namespace ridgeline::data {
namespace {

// The pixels as bytes that give the same floats; empty where there are none.
std::vector<std::uint8_t> as_bytes(std::span<const float> pixels) {
  std::vector<std::uint8_t> bytes(pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const float scaled = std::round(pixels[i] * 255);
    if (!(scaled >= 0 && scaled <= 255)) return {};
    bytes[i] = static_cast<std::uint8_t>(scaled);
  }
  std::vector<float> back(pixels.size());
  to_floats(bytes, back.data());
  return std::ranges::equal(back, pixels) ? bytes : std::vector<std::uint8_t>();
}

class CachedImages final : public WrappedSource {
 public:
  CachedImages(std::shared_ptr<const SampleSource> source, std::size_t bytes)
      : WrappedSource(std::move(source)), free_(bytes), images_(size()) {}

  void read(std::size_t index, std::span<float> pixels) const override {
    Image& image = images_[index];
    if (image.state.load(std::memory_order_acquire) == State::kept) return image.give(pixels);
    source().read(index, pixels);
    State absent = State::absent;
    if (!image.state.compare_exchange_strong(absent, State::taken)) return;  // by another thread
    const bool fits = keep(image, pixels);
    image.state.store(fits ? State::kept : State::taken, std::memory_order_release);
  }

 private:
  enum class State : std::uint8_t { absent, taken, kept };
  struct Image {
    std::atomic<State> state = State::absent;
    std::vector<std::uint8_t> bytes;  // one of the two
    std::vector<float> floats;

    void give(std::span<float> pixels) const {
      if (bytes.empty()) {
        std::ranges::copy(floats, pixels.begin());
      } else {
        to_floats(bytes, pixels.data());
      }
    }
  };

  bool reserve(std::size_t bytes) const {
    std::size_t free = free_.load();
    while (free >= bytes) {
      if (free_.compare_exchange_weak(free, free - bytes)) return true;
    }
    return false;
  }

  bool keep(Image& image, std::span<const float> pixels) const {
    std::vector<std::uint8_t> bytes = as_bytes(pixels);
    if (!reserve(bytes.empty() ? pixels.size_bytes() : bytes.size())) return false;
    if (bytes.empty()) image.floats.assign(pixels.begin(), pixels.end());
    image.bytes = std::move(bytes);
    return true;
  }

  mutable std::atomic<std::size_t> free_;
  mutable std::vector<Image> images_;
};

}  // namespace

std::shared_ptr<const SampleSource> cached(std::shared_ptr<const SampleSource> source,
                                           std::size_t bytes) {
  return std::make_shared<CachedImages>(std::move(source), bytes);
}

std::size_t half_of_free_memory() {
  const long pages = sysconf(_SC_AVPHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0
             ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size) / 2
             : 0;
}

}  // namespace ridgeline::data
