#include "engine/team.hpp"

#include <sched.h>

#include "engine/denormals.hpp"
#include "engine/onednn.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::engine {
namespace {

// About 50 microseconds: longer than the usual wait inside a step, shorter than a time slice.
constexpr int spins_before_sleep = 4000;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

int available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  const unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : static_cast<int>(count);
}

Team::Team(int threads)
    : size_(threads),
      spins_(threads <= available_cores() ? spins_before_sleep : 0),
      threads_(start_threads(size_ - 1, {.purpose = "compute",
                                         .key = "train.threads",
                                         .work = [this](int i) { serve(i + 1); },
                                         .release = [this] { stop(); },
                                         .prepare = dnn::use_one_thread})) {}

void Team::stop() {
  stopping_ = true;
  advance(round_);
}

Team::~Team() {
  stop();
  for (auto& thread : threads_) thread.join();
}

void Team::await(const std::atomic<std::uint32_t>& word, std::uint32_t old) const {
  for (int i = 0; i < spins_; ++i) {
    if (word.load(std::memory_order_acquire) != old) return;
    relax();
  }
  while (word.load(std::memory_order_acquire) == old) word.wait(old, std::memory_order_acquire);
}

void Team::barrier() {
  // The generation is read before `failed_`. A failing thread sets the flag before it increments
  // the generation, so that no thread waits for a thread that will not come.
  const std::uint32_t generation = generation_.load(std::memory_order_acquire);
  if (failed_.load(std::memory_order_acquire)) throw Aborted{};
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    advance(generation_);
  } else {
    await(generation_, generation);
    if (failed_.load(std::memory_order_acquire)) throw Aborted{};
  }
}

void Team::advance(std::atomic<std::uint32_t>& word) {
  word.fetch_add(1, std::memory_order_release);
  word.notify_all();
}

void Team::call(int thread) {
  const FlushDenormals flush;
  try {
    (*work_)(thread);
  } catch (const Aborted&) {
    // another thread failed and has stored the exception
  } catch (...) {
    {
      const std::scoped_lock lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    failed_.store(true, std::memory_order_release);
    advance(generation_);
  }
}

void Team::serve(int thread) {
  for (std::uint32_t round = 0;; ++round) {
    await(round_, round);
    if (stopping_.load(std::memory_order_acquire)) return;
    call(thread);
    advance(done_);
  }
}

void Team::run(const std::function<void(int)>& work) {
  const dnn::SingleThread single;
  work_ = &work;
  failed_ = false;
  failure_ = nullptr;
  arrived_ = 0;
  const std::uint32_t target =
      done_.load(std::memory_order_relaxed) + static_cast<std::uint32_t>(size_ - 1);
  advance(round_);
  call(0);
  for (auto done = done_.load(std::memory_order_acquire); done != target;
       done = done_.load(std::memory_order_acquire)) {
    await(done_, done);
  }
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace ridgeline::engine
