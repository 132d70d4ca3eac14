#include "data/error_log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ridgeline::data {

OnError on_error_of(std::string_view word) {
  if (word == "skip") return OnError::skip;
  if (word == "fail") return OnError::fail;
  throw UsageError(fmt::format("data.on_error is skip or fail, not \"{}\"", word));
}

ErrorLog::ErrorLog(OnError on_error, std::size_t samples, Say say)
    : on_error_(on_error), samples_(samples), limit_((samples + 99) / 100), say_(std::move(say)) {}

void ErrorLog::note(std::size_t index, const Error& error) {
  constexpr std::size_t most_named = 3;
  const std::lock_guard lock(mutex_);
  if (!bad_.insert(index).second) return;
  if (on_error_ == OnError::fail) {
    if (error.kind() == ErrorKind::resource) throw ResourceError(error.what());
    throw DataError(error.what());
  }
  if (first_.size() < most_named) first_.emplace_back(error.what());
  if (say_) say_(error.what());
  if (bad_.size() <= limit_) return;
  throw DataError(fmt::format(
      "{} of {} images cannot be read, and 1 % may be left out (data.on_error = \"skip\"): {}{}",
      bad_.size(), samples_, fmt::join(first_, "; "), bad_.size() > first_.size() ? "; ..." : ""));
}

bool ErrorLog::bad(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  return bad_.contains(index);
}

std::size_t ErrorLog::count() const {
  const std::lock_guard lock(mutex_);
  return bad_.size();
}

}  // namespace ridgeline::data
