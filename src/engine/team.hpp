#pragma once
// The engine's threads: a fixed team that runs one piece of work at a time. Its barriers spin
// briefly and then sleep, so that a busy neighbour costs little.

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ridgeline::engine {

/// Cores that this process may run on, at least 1.
int available_cores();

class Team {
 public:
  /// `threads` is at least 1 and includes the caller of run(). Throws ResourceError if a thread
  /// cannot be started.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return size_; }
  /// Calls work(thread) on every thread, where 0 is the caller, and returns when all are done.
  /// After an exception it releases all threads from their barriers and throws the first exception
  /// again.
  void run(const std::function<void(int)>& work);
  /// Within work: waits until every thread has called it.
  void barrier();

 private:
  struct Aborted {};
  void serve(int thread);
  void stop();
  void call(int thread);
  static void advance(std::atomic<std::uint32_t>& word);
  void await(const std::atomic<std::uint32_t>& word, std::uint32_t old) const;

  const int size_;
  const int spins_;
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<std::uint32_t> round_{0};       // one more for each run()
  std::atomic<std::uint32_t> generation_{0};  // one more for each barrier passed
  std::atomic<std::uint32_t> done_{0};  // threads, without the caller, that have finished a run()
  std::atomic<int> arrived_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;  // the last member: they use the others
};

}  // namespace ridgeline::engine
