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
  check_fits(options.augment, data.image_shape());
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
        mixes(data::mixes(options.augment)),
        soft_classes(mixes && data.has_classes()),
        width(static_cast<std::size_t>(!soft_classes          ? data.target_width()
                                       : options.outputs == 1 ? 1
                                                              : data.classes())),
        lazy(options.lazy && data.in_memory()),
        order(data.size()),
        ring(static_cast<std::size_t>(
            std::min<std::int64_t>(lazy ? 1 : options.ahead + 1, batches))) {
    const auto n = static_cast<std::size_t>(batch);
    for (Slot& slot : ring) {
      slot.inputs = Buffer<float>(n * pixels);
      slot.ids.resize(n);
      slot.labels.resize(data.has_classes() && !soft_classes ? n : 0);
      slot.values.resize(n * width);
    }
    std::iota(order.begin(), order.end(), std::size_t{0});
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
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = order[first + k];
      slot.ids[k] = data.id(i);
      if (!slot.labels.empty()) slot.labels[k] = data.label(i);
      write_values(i, epoch, std::span(slot.values).subspan(k * width, width));
    }
    slot.batch = {.images = static_cast<std::int64_t>(count),
                  .inputs = slot.inputs.span().first(count * pixels),
                  .targets = targets_of(
                      std::span(std::as_const(slot.labels)).first(slot.labels.empty() ? 0 : count),
                      std::span(std::as_const(slot.values)).first(count * width)),
                  .ids = std::span(slot.ids).first(count),
                  .fill = {}};
  }

  Targets targets_of(std::span<const std::int32_t> labels, std::span<const float> values) const {
    if (!labels.empty()) return class_targets(labels);
    if (values.empty()) return {};
    return value_targets(values, static_cast<std::int64_t>(width),
                         soft_classes ? probabilities_tensor : values_tensor);
  }

  // Images [begin, begin + count) of a batch that has been described.
  void read(Slot& slot, std::int64_t number, std::int64_t begin, std::int64_t count) const {
    Scratch scratch(options.augment.empty() ? 0 : pixels);
    const auto read_image = [this](std::size_t i, std::span<float> image) { data.read(i, image); };
    for (std::int64_t n = begin; n < begin + count; ++n) {
      const auto k = static_cast<std::size_t>(n);
      const std::span<float> image = slot.inputs.span().subspan(k * pixels, pixels);
      const std::size_t i = order[static_cast<std::size_t>(number * batch) + k];
      data.read(i, image);
      if (options.augment.empty()) continue;
      Random random(options.seed, Purpose::augment, static_cast<std::uint64_t>(epoch), slot.ids[k]);
      augment(options.augment, shape, mix_of(i, epoch), read_image, random, image, scratch);
    }
  }

  // The same for an image's target and for its pixels, whoever asks.
  std::optional<Mix> mix_of(std::size_t i, std::int64_t in_epoch) const {
    if (!mixes) return std::nullopt;
    Random random(options.seed, Purpose::mix, static_cast<std::uint64_t>(in_epoch), data.id(i));
    return draw_mix(options.augment, shape, data.size(), random);
  }

  void write_values(std::size_t i, std::int64_t in_epoch, std::span<float> values) const {
    if (values.empty()) return;
    const auto mix = mix_of(i, in_epoch);
    for (std::size_t c = 0; c < values.size(); ++c) {
      const double own = value_of(i, c), share = mix ? mix->share : 1;
      values[c] =
          static_cast<float>(mix ? share * own + (1 - share) * value_of(mix->other, c) : own);
    }
  }

  // Number `c` of an image's target, where it is values: its own, or its class as 0 and 1.
  double value_of(std::size_t i, std::size_t c) const {
    if (!soft_classes) return data.target(i)[c];
    const auto label = static_cast<std::size_t>(data.label(i));
    return label == (width == 1 ? 1 : c) ? 1 : 0;
  }

  const Dataset data;
  const LoaderOptions options;
  const std::int64_t images, batch, batches;
  const Shape shape;
  const std::size_t pixels;
  const bool mixes, soft_classes;  // whether images are mixed; and their targets are classes
  const std::size_t width;         // of the targets' values
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

bool Loader::mixes() const {
  return workers_->mixes;
}
void Loader::for_mixed_targets(std::int64_t epoch,
                               const std::function<void(const Targets&)>& use) const {
  std::vector<float> values(workers_->width);
  for (std::size_t i = 0; i < workers_->data.size(); ++i) {
    workers_->write_values(i, epoch, values);
    use(workers_->targets_of({}, values));
  }
}

}  // namespace ridgeline::data
