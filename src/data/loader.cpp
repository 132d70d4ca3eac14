#include "data/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "data/batch_maker.hpp"
#include "data/sampling.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::data {
namespace {

/// A slot of the ring.
struct Slot {
  BatchMemory memory;
  std::int64_t number = -1;  // the batch that is ready here
  std::exception_ptr error;  // instead of that batch
};

void check(const LoaderOptions& options) {
  const auto at_least_one = [](const char* what, std::int64_t value) {
    if (value < 1) throw UsageError(fmt::format("{} must be at least 1, not {}", what, value));
  };
  at_least_one("the batch", options.batch);
  at_least_one("the number of reader threads", options.threads);
  at_least_one("the number of batches read ahead", options.ahead);
}

}  // namespace

// A ring of slots: batch b is made in slot b modulo their number. Readers take the batches in
// order, and wait until the slot's last batch has been returned. The mutex guards everything except
// `make`. A lazy loader has no readers: `next` itself describes the batch, and its consumer fills
// it.
struct Loader::Workers {
  Workers(Dataset set, LoaderOptions chosen)
      : data(std::move(set)),
        options(std::move(chosen)),
        images(static_cast<std::int64_t>(data.size())),
        batch(std::min(options.batch, std::max<std::int64_t>(images, 1))),
        batches((images + batch - 1) / batch),
        maker(data, options),
        lazy(options.lazy && data.in_memory() && maker.may_be_lazy()),
        order(all_in_order(data.size())),
        ring(static_cast<std::size_t>(
            std::min<std::int64_t>(lazy ? 1 : options.ahead + 1, batches))) {
    for (Slot& slot : ring) slot.memory = maker.memory(batch);
    if (lazy) return;
    const auto readers = std::min<std::size_t>(options.threads, ring.size());
    threads = start_threads(static_cast<int>(readers), {.purpose = "read images",
                                                        .key = "train.threads",
                                                        .work = [this](int) { work(); },
                                                        .release = [this] { stop(); }});
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
    if (options.balanced) {
      order = options.balanced->epoch(options.seed, static_cast<std::uint64_t>(epoch));
    } else if (options.shuffle) {
      order = all_in_order(data.size());
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
      const std::span<const Draw> which = images_of(given++);
      maker.describe(slot.memory, which, epoch);
      slot.memory.batch.fill = [this, &slot, which](std::int64_t first, std::int64_t count) {
        maker.read(slot.memory, which, epoch, first, count);
      };
      return &slot.memory.batch;
    }
    made.wait(lock, [&] { return slot.number == given; });
    if (slot.error) std::rethrow_exception(slot.error);
    ++given;
    return &slot.memory.batch;
  }

  void work() {
    give_way();
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
    const std::span<const Draw> which = images_of(number);
    maker.describe(slot.memory, which, epoch);
    maker.read(slot.memory, which, epoch, 0, slot.memory.batch.images);
    maker.finish(slot.memory, which);
  }

  // The draws of a batch.
  std::span<const Draw> images_of(std::int64_t number) const {
    const auto first = static_cast<std::size_t>(number * batch);
    return std::span(order).subspan(
        first, std::min(static_cast<std::size_t>(batch), order.size() - first));
  }

  const Dataset data;
  const LoaderOptions options;
  const std::int64_t images, batch, batches;
  const BatchMaker maker;
  const bool lazy;
  std::vector<Draw> order;  // changed only while no reader is busy
  std::vector<Slot> ring;

  std::mutex mutex;
  std::condition_variable wanted;  // signals that there may be a batch to make
  std::condition_variable made;    // signals that a batch is ready, or a reader idle
  std::int64_t epoch = 0;
  std::int64_t claimed = batches;   // the next batch to be made
  std::int64_t given = batches;     // the next batch to be handed out
  std::int64_t returned = batches;  // batches before this one are no longer read
  int busy = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

Loader::Loader(Dataset data, LoaderOptions options) {
  check(options);
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

bool Loader::mixes() const {
  return workers_->maker.mixes();
}
void Loader::for_mixed_targets(std::int64_t epoch,
                               const std::function<void(const Targets&)>& use) const {
  if (!workers_->data.has_targets()) return;
  TensorBatch one;
  for (std::size_t i = 0; i < workers_->data.size(); ++i) {
    const Target target = workers_->maker.target({.image = i}, epoch);
    one.clear();
    workers_->maker.collate({&target, 1}, one);
    use(one.view());
  }
}

}  // namespace ridgeline::data
