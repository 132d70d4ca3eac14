#include "data/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include "ridgeline/error.hpp"
#include "tensor/buffer.hpp"
#include "tensor/random.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::data {
namespace {

/// A place of the ring: the memory of one batch, written by one reader at a time.
struct Slot {
  Buffer<float> inputs;
  std::vector<std::int32_t> labels;
  std::vector<float> values;
  std::vector<std::uint64_t> ids;
  Batch batch;
  std::int64_t number = -1;  // the batch that is ready here
  std::exception_ptr error;  // instead of that batch
};

void check(const Dataset& data, const LoaderOptions& options) {
  const auto at_least_one = [](const char* what, std::int64_t value) {
    if (value < 1) throw UsageError(fmt::format("{} must be at least 1, not {}", what, value));
  };
  at_least_one("the batch", options.batch);
  at_least_one("the number of reader threads", options.threads);
  at_least_one("the number of batches read ahead", options.ahead);
  if (data.empty()) return;
  const Shape shape = data.image_shape();
  for (const Augmentation& augmentation : options.augment) {
    if (augmentation.kind == Augmentation::Kind::crop &&
        augmentation.pixels >= std::min(shape[1], shape[2])) {
      throw UsageError(fmt::format("augmentation \"crop:{}\" must be smaller than the images of {}",
                                   augmentation.pixels, shape.text()));
    }
  }
}

}  // namespace

// A ring of slots: batch b is made in slot b modulo their number. Readers take the batches in
// order, as long as the slot's last batch has been given back. All but `make` is under the mutex.
// A lazy loader has no readers: `next` itself describes the batch, and its consumer fills it.
struct Loader::Workers {
  Workers(Dataset set, LoaderOptions chosen)
      : data(std::move(set)),
        options(std::move(chosen)),
        images(static_cast<std::int64_t>(data.size())),
        batch(std::min(options.batch, std::max<std::int64_t>(images, 1))),
        batches((images + batch - 1) / batch),
        shape(data.image_shape()),
        pixels(static_cast<std::size_t>(shape.elements())),
        lazy(options.lazy && data.in_memory()),
        order(data.size()),
        ring(static_cast<std::size_t>(
            std::min<std::int64_t>(lazy ? 1 : options.ahead + 1, batches))) {
    const auto n = static_cast<std::size_t>(batch);
    for (Slot& slot : ring) {
      slot.inputs = Buffer<float>(n * pixels);
      slot.ids.resize(n);
      slot.labels.resize(data.has_classes() ? n : 0);
      slot.values.resize(n * static_cast<std::size_t>(data.target_width()));
    }
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (lazy) return;
    const auto readers = std::min<std::size_t>(options.threads, ring.size());
    threads = start_threads(
        static_cast<int>(readers), "read images", [this](int) { work(); }, [this] { stop(); });
  }

  ~Workers() {
    stop();
    for (std::thread& thread : threads) thread.join();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wanted.notify_all();
  }

  Slot& slot_of(std::int64_t number) {
    return ring[static_cast<std::size_t>(number) % ring.size()];
  }

  void start(std::int64_t new_epoch, std::int64_t first) {
    std::unique_lock lock(mutex);
    claimed = batches;
    made.wait(lock, [&] { return busy == 0; });
    epoch = new_epoch;
    if (options.shuffle) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      Random random(options.seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch));
      shuffle(std::span(order), random);
    }
    for (Slot& slot : ring) {
      slot.number = -1;
      slot.error = nullptr;
    }
    claimed = returned = given = std::clamp<std::int64_t>(first, 0, batches);
    wanted.notify_all();
  }

  const Batch* next() {
    std::unique_lock lock(mutex);
    returned = given;
    wanted.notify_all();
    if (given == batches) return nullptr;
    Slot& slot = slot_of(given);
    if (lazy) {
      describe(slot, given++);
      slot.batch.fill = [this, &slot, number = given - 1](std::int64_t first, std::int64_t count) {
        read(slot, number, first, count);
      };
      return &slot.batch;
    }
    made.wait(lock, [&] { return slot.number == given; });
    if (slot.error) std::rethrow_exception(slot.error);
    ++given;
    return &slot.batch;
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wanted.wait(lock, [&] {
        return stopping ||
               (claimed < batches && claimed < returned + static_cast<std::int64_t>(ring.size()));
      });
      if (stopping) return;
      const std::int64_t number = claimed++;
      ++busy;
      Slot& slot = slot_of(number);
      lock.unlock();
      std::exception_ptr error;
      try {
        make(slot, number);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      --busy;
      slot.error = error;
      slot.number = number;
      made.notify_all();
    }
  }

  void make(Slot& slot, std::int64_t number) const {
    describe(slot, number);
    read(slot, number, 0, slot.batch.images);
  }

  // All but the images.
  void describe(Slot& slot, std::int64_t number) const {
    const auto first = static_cast<std::size_t>(number * batch);
    const std::size_t count = std::min(static_cast<std::size_t>(batch), data.size() - first);
    const auto width = static_cast<std::size_t>(data.target_width());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = order[first + k];
      slot.ids[k] = data.id(i);
      if (data.has_classes()) slot.labels[k] = data.label(i);
      std::copy_n(data.target(i).begin(), width, slot.values.begin() + k * width);
    }
    slot.batch = {
        .images = static_cast<std::int64_t>(count),
        .inputs = slot.inputs.span().first(count * pixels),
        .targets = {.classes = std::span(slot.labels).first(slot.labels.empty() ? 0 : count),
                    .values = std::span(slot.values).first(count * width),
                    .width = data.target_width()},
        .ids = std::span(slot.ids).first(count),
        .fill = {}};
  }

  // Images [begin, begin + count) of a batch that has been described.
  void read(Slot& slot, std::int64_t number, std::int64_t begin, std::int64_t count) const {
    std::vector<float> scratch(options.augment.empty() ? 0 : pixels);
    for (std::int64_t n = begin; n < begin + count; ++n) {
      const auto k = static_cast<std::size_t>(n);
      const std::span<float> image = slot.inputs.span().subspan(k * pixels, pixels);
      data.read(order[static_cast<std::size_t>(number * batch) + k], image);
      if (options.augment.empty()) continue;
      Random random(options.seed, Purpose::augment, static_cast<std::uint64_t>(epoch), slot.ids[k]);
      augment(options.augment, shape, random, image, scratch);
    }
  }

  const Dataset data;
  const LoaderOptions options;
  const std::int64_t images, batch, batches;
  const Shape shape;
  const std::size_t pixels;
  const bool lazy;
  std::vector<std::size_t> order;  // changed only while no reader is busy
  std::vector<Slot> ring;

  std::mutex mutex;
  std::condition_variable wanted;  // there may be a batch to make
  std::condition_variable made;    // a batch is ready, or a reader idle
  std::int64_t epoch = 0;
  std::int64_t claimed = batches;   // the next batch to be made
  std::int64_t given = batches;     // the next batch to be handed out
  std::int64_t returned = batches;  // batches before this one are no longer read
  int busy = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

Loader::Loader(Dataset data, LoaderOptions options) {
  check(data, options);
  workers_ = std::make_unique<Workers>(std::move(data), std::move(options));
}

Loader::~Loader() = default;

std::int64_t Loader::batches() const {
  return workers_->batches;
}
void Loader::start(std::int64_t epoch, std::int64_t first) {
  workers_->start(epoch, first);
}
const Batch* Loader::next() {
  return workers_->next();
}

}  // namespace ridgeline::data
