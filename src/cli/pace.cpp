#include "cli/pace.hpp"

namespace ridgeline::cli {
namespace {

constexpr auto interval = std::chrono::milliseconds(100);

}  // namespace

std::optional<double> Pace::seconds_left(double done) {
  const auto now = Clock::now();
  if (!begin_) {
    begin_ = now;
    begin_done_ = done;
  }
  if (now - answered_ < interval || done <= begin_done_) return std::nullopt;
  answered_ = now;
  return std::chrono::duration<double>(now - *begin_).count() * (1 - done) / (done - begin_done_);
}

}  // namespace ridgeline::cli
