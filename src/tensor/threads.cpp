#include "tensor/threads.hpp"

#include <fmt/format.h>

#include <new>
#include <system_error>

#include "ridgeline/error.hpp"

namespace ridgeline {

std::vector<std::thread> start_threads(int count, std::string_view purpose,
                                       const std::function<void(int)>& work,
                                       const std::function<void()>& release) {
  std::vector<std::thread> threads;
  const auto give_up = [&](const char* reason) {
    release();
    for (std::thread& thread : threads) thread.join();
    throw ResourceError(
        fmt::format("only {} of {} more threads to {} could be started ({}): set train.threads "
                    "lower, or allow more of them",
                    threads.size(), count, purpose, reason));
  };
  try {
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) threads.emplace_back([work, i] { work(i); });
  } catch (const std::system_error& error) {
    give_up(error.code().message().c_str());
  } catch (const std::bad_alloc&) {
    give_up("not enough memory");
  }
  return threads;
}

}  // namespace ridgeline
