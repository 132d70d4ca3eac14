#pragma once
// What to do about images that cannot be read: leave them out and say so, or stop.

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "ridgeline/error.hpp"

namespace ridgeline::data {

enum class OnError { skip, fail };

/// "skip" or "fail". Throws UsageError for another word.
OnError on_error_of(std::string_view word);

/// The bad images of a set of samples. May be used by several threads at once.
class ErrorLog {
 public:
  /// Called once for each bad image, with a sentence that names it; one call at a time.
  using Say = std::function<void(const std::string& sentence)>;

  /// One image in a hundred of `samples` may be bad, rounded up; with OnError::fail none.
  ErrorLog(OnError on_error, std::size_t samples, Say say = {});

  /// Notes that sample `index` could not be read because of `error`. Calls `say` the first time.
  /// Throws `error` again with OnError::fail, and DataError when too many images are bad.
  void note(std::size_t index, const Error& error);
  bool bad(std::size_t index) const;
  std::size_t count() const;

 private:
  OnError on_error_;
  std::size_t samples_, limit_;
  Say say_;
  mutable std::mutex mutex_;
  std::unordered_set<std::size_t> bad_;
  std::vector<std::string> first_;  // the sentences of the first few
};

}  // namespace ridgeline::data
