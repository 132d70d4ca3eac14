#include "data/cache/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "data/cache/amount.hpp"
#include "data/fitted.hpp"
#include "data/pixels.hpp"

namespace ridgeline::data {
namespace {

// Bytes that become exactly these floats. Returns nothing if there are no such bytes.
std::vector<std::uint8_t> in_255ths(std::span<const float> numbers) {
  std::vector<std::uint8_t> bytes(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float scaled = std::round(numbers[i] * 255);
    if (!(scaled >= 0 && scaled <= 255)) return {};
    bytes[i] = static_cast<std::uint8_t>(scaled);
  }
  std::vector<float> back(numbers.size());
  to_floats(bytes, back.data());
  return std::ranges::equal(back, numbers) ? bytes : std::vector<std::uint8_t>();
}

/// What is kept of an image in one of three forms.
struct Content {
  Shape original;
  ScaledImages scaled;
  Image fitted;
  std::vector<std::uint8_t> bytes;  // of numbers that are whole 255ths
  std::vector<float> floats;        // of other numbers

  std::size_t size() const {
    return scaled.bytes() + fitted.pixels.size() + bytes.size() + floats.size() * sizeof(float);
  }
};

/// A form of an image, made by the first thread that asks for it.
class Form {
 public:
  /// Null if it is not kept, or if another thread is making it. `make` gives null if the memory is
  /// full.
  template <typename Make>
  const Content* get(Make make) {
    State found = state_.load(std::memory_order_acquire);
    if (found == State::kept) return content_.get();
    if (found != State::absent || !state_.compare_exchange_strong(found, State::closed)) {
      return nullptr;
    }
    try {
      content_ = make();
    } catch (const std::bad_alloc&) {  // it stays closed
    } catch (...) {
      state_ = State::absent;
      throw;
    }
    if (!content_) return nullptr;
    state_.store(State::kept, std::memory_order_release);
    return content_.get();
  }

 private:
  enum class State : std::uint8_t { absent, closed, kept };
  std::atomic<State> state_ = State::absent;
  std::unique_ptr<const Content> content_;
};

class MemoryStore final : public ImageStore {
 public:
  MemoryStore(std::shared_ptr<const SampleSource> source, MemoryStoreOptions options)
      : source_(std::move(source)),
        options_(std::move(options)),
        free_(options_.bytes),
        images_(source_->size()) {}

  std::optional<Decoded> decoded(std::size_t image) const override {
    const Content* content = scaled(image);
    if (content == nullptr) return std::nullopt;
    return Decoded{content->original, content->scaled.most};
  }

  std::optional<ImageRecord> at_scale(std::size_t image, int scale) const override {
    const Content* content = scaled(image);
    if (content == nullptr) return std::nullopt;
    const auto& kept = content->scaled.images;
    const auto found = std::ranges::find(kept, scale, &ScaledImage::scale);
    if (found == kept.end()) return std::nullopt;
    return ImageRecord{scale, found->shift_x, found->shift_y, content->original, found->image};
  }

  std::optional<ImageRecord> fitted(std::size_t image) const override {
    if (options_.crop) return std::nullopt;  // it is made from the decoded image
    const auto make = [&]() -> std::unique_ptr<const Content> {
      const auto bytes = static_cast<std::size_t>(options_.fit->shape().elements());
      if (!has_space(bytes)) return nullptr;
      thread_local FitScratch scratch;
      read_fitted(*source_, image, *options_.fit, scratch);
      return kept({.original = scratch.original, .fitted = scratch.fitted});
    };
    const Content* content = images_[image].fitted.get(make);
    if (content == nullptr) return std::nullopt;
    return ImageRecord{1, 0, 0, content->original, content->fitted};
  }

  bool read(std::size_t image, std::span<float> numbers) const override {
    bool done = false;
    const auto make = [&] {
      source_->read(image, numbers);
      done = true;
      Content content{.bytes = in_255ths(numbers)};
      if (content.bytes.empty()) content.floats.assign(numbers.begin(), numbers.end());
      return kept(std::move(content));
    };
    const Content* content = images_[image].numbers.get(make);
    if (done || content == nullptr) return done;
    if (content->bytes.empty()) {
      std::ranges::copy(content->floats, numbers.begin());
    } else {
      to_floats(content->bytes, numbers.data());
    }
    return true;
  }

 private:
  struct Forms {
    Form scaled, fitted, numbers;
  };

  const Content* scaled(std::size_t image) const {
    if (options_.fit && !options_.crop) return nullptr;  // only an inspection would use it
    // A copy of bytes in memory would save nothing.
    if (!source_->eight_bit() || !source_->bytes(image).empty()) return nullptr;
    return images_[image].scaled.get([&]() -> std::unique_ptr<const Content> {
      const Shape original = source_->shape_of(image);
      const std::vector<int> scales = needed_scales(original, options_.crop);
      if (!has_space(bytes_at(original, scales))) return nullptr;
      Content content{original, decode_scales(*source_, image, original, scales)};
      return content.scaled.images.empty() ? nullptr : kept(std::move(content));
    });
  }

  bool has_space(std::uint64_t bytes) const {
    if (free_.load() >= bytes) return true;
    if (options_.on_note && !told_.exchange(true)) {
      options_.on_note(fmt::format(
          "the cache of images in memory is full with {}, and the other images are read again in "
          "each epoch: raise data.cache_limit, or set data.cache = \"disk\"",
          amount(options_.bytes - free_.load())));
    }
    return false;
  }

  // The content, or null if the memory is full.
  std::unique_ptr<const Content> kept(Content content) const {
    const std::uint64_t bytes = content.size();
    for (std::uint64_t free = free_.load(); has_space(bytes); free = free_.load()) {
      if (free < bytes || !free_.compare_exchange_weak(free, free - bytes)) continue;
      return std::make_unique<const Content>(std::move(content));
    }
    return nullptr;
  }

  std::shared_ptr<const SampleSource> source_;
  MemoryStoreOptions options_;
  mutable std::atomic<std::uint64_t> free_;
  mutable std::atomic<bool> told_ = false;
  mutable std::vector<Forms> images_;
};

}  // namespace

std::shared_ptr<const ImageStore> memory_store(std::shared_ptr<const SampleSource> source,
                                               MemoryStoreOptions options) {
  return std::make_shared<const MemoryStore>(std::move(source), std::move(options));
}

}  // namespace ridgeline::data
