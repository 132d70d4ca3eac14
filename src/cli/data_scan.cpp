#include "cli/data_scan.hpp"

#include <fmt/format.h>

#include <chrono>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "engine/team.hpp"

namespace ridgeline::cli {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);

class ScanProgress {
 public:
  ScanProgress(Console& console, std::size_t total)
      : console_(console), stop_(stop_on_interrupt()), total_(total) {}

  // `done` images of the current part.
  bool operator()(std::size_t done) {
    const auto now = Clock::now();
    if (now - drawn_ > redraw_interval && total_ > 0) {
      drawn_ = now;
      const std::size_t all = before_ + done;
      const double seconds = std::chrono::duration<double>(now - begun_).count();
      console_.redraw(with_bar(
          fmt::format("{} of {} images, {:.0f} images/s", count(static_cast<std::int64_t>(all)),
                      count(static_cast<std::int64_t>(total_)), static_cast<double>(all) / seconds),
          static_cast<double>(all) / static_cast<double>(total_), console_.width()));
    }
    return !stop_;
  }
  void finish_part(std::size_t images) { before_ += images; }

 private:
  using Clock = std::chrono::steady_clock;
  Console& console_;
  const std::atomic<bool>& stop_;
  std::size_t total_, before_ = 0;
  Clock::time_point begun_ = Clock::now(), drawn_ = begun_;
};

}  // namespace

std::vector<data::Part> parts_of(const experiment::Images& images, const std::string& prefix) {
  std::vector<data::Part> parts;
  const auto add = [&](const char* name, data::Role role, const Dataset& set) {
    if (!set.empty()) parts.push_back({prefix + name, role, set});
  };
  add("train", data::Role::train, images.train);
  add("validation", data::Role::validation, images.validation);
  add("test", data::Role::test, images.test);
  return parts;
}

data::Inspection inspect_parts(std::vector<data::Part> parts, std::size_t at_most,
                               Console& console) {
  const auto looked_at = [&](const data::Part& part) {
    return at_most == 0 ? part.images.size() : std::min(at_most, part.images.size());
  };
  std::size_t total = 0;
  for (const data::Part& part : parts) total += looked_at(part);
  ScanProgress progress(console, total);
  for (data::Part& part : parts) {
    part.scan = data::scan(
        part.images,
        {.threads = engine::available_cores(), .at_most = at_most, .progress = std::ref(progress)});
    progress.finish_part(looked_at(part));
  }
  console.clear();
  return data::find_problems(std::move(parts));
}

}  // namespace ridgeline::cli
