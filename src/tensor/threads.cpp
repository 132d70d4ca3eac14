#include "tensor/threads.hpp"

#include <fmt/format.h>
#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <exception>
#include <future>
#include <new>
#include <system_error>
#include <utility>

#include "ridgeline/error.hpp"

namespace ridgeline {
namespace {

// Returns when the thread is prepared. Throws what `prepare` threw.
std::thread start(const ThreadWork& group, int number) {
  std::promise<void> preparing;
  std::future<void> prepared = preparing.get_future();
  std::thread thread([&prepare = group.prepare, work = group.work, number,
                      state = std::move(preparing)]() mutable {
    try {
      if (prepare) prepare();
    } catch (...) {
      state.set_exception(std::current_exception());
      return;
    }
    state.set_value();  // `prepare` may no longer exist after this
    work(number);
  });
  try {
    prepared.get();
  } catch (...) {
    thread.join();
    throw;
  }
  return thread;
}

}  // namespace

std::vector<std::thread> start_threads(int count, const ThreadWork& group) {
  std::vector<std::thread> threads;
  const auto give_up = [&](std::string_view reason) {
    group.release();
    for (std::thread& thread : threads) thread.join();
    throw ResourceError(fmt::format(
        "only {} of {} more threads to {} could be started ({}): set {} lower, or allow "
        "more of them",
        threads.size(), count, group.purpose, reason, group.key));
  };
  try {
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) threads.push_back(start(group, i));
  } catch (const std::system_error& error) {
    give_up(error.code().message());
  } catch (const std::bad_alloc&) {
    give_up("not enough memory");
  }
  return threads;
}

void give_way() {
#ifdef __linux__
  // About a third of the share of a thread that does not give way. Less would starve it on a
  // machine that is shared with other programs.
  constexpr int steps = 5;
  const auto thread = static_cast<id_t>(gettid());
  errno = 0;
  const int nice = getpriority(PRIO_PROCESS, thread);
  if (errno == 0) setpriority(PRIO_PROCESS, thread, nice + steps);
#endif
}

}  // namespace ridgeline
