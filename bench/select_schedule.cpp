// How busy the cores are while a selection runs: a simulation. A method asks for its rungs on a
// known curve of scores. The trainings of a rung run as the program would run them, with the
// assumed speed on several threads (select/jobs.hpp), and the time until the last one ends counts.
// It prints the share of the cores that work, for several numbers of cores, without the refit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

#include "select/jobs.hpp"
#include "select/methods/method.hpp"

namespace rl = ridgeline;
namespace sel = ridgeline::selection;

namespace {

constexpr int epochs = 10;

double score(const rl::Assignment& at) {
  const double l2 = at.at("regularize.l2");
  const double decades = l2 > 0 ? std::log10(l2 / 1e-3) : -3;
  return 0.9 + 0.05 * decades * decades;
}

sel::FoldRecord trained(const sel::Board& board, const sel::Request& request) {
  sel::FoldRecord record{.status = request.until > 0 ? "paused" : "done", .standard_error = 0.01};
  record.score = score(board.parameters(request.id.trial)) + 0.5 * (1 - request.id.share);
  record.epochs = request.until > 0 ? request.until : epochs;
  return record;
}

// Work of one thread, in trainings of a fold.
double work_of(const sel::Board& board, const sel::Request& request) {
  int before = 0;
  for (int epoch = 1; epoch < epochs; ++epoch) {
    if (board.find({request.id, epoch})) before = epoch;
  }
  const int last = request.until > 0 ? request.until : epochs;
  return request.id.share * (last - before) / epochs;
}

// The time of a rung on so many cores, if several trainings run at a time.
double makespan(const std::vector<double>& work, int jobs, int cores) {
  const int threads = std::max(1, cores / jobs);
  const double speed = sel::speed_on(threads);
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (int i = 0; i < jobs; ++i) free_at.push(0);
  double end = 0;
  for (const double w : work) {
    const double at = free_at.top() + w / speed;
    free_at.pop();
    free_at.push(at);
    end = std::max(end, at);
  }
  return end;
}

struct Schedule {
  double work = 0, time = 0;
};

Schedule schedule(const std::string& method, int cores) {
  rl::SelectOptions options;
  options.method = method;
  sel::SelectionTask task;
  task.fold_images.assign(static_cast<std::size_t>(options.folds), 40000);
  task.cost = [](const rl::Assignment&) { return sel::TrainingCost{.epochs = epochs}; };
  const int most = sel::jobs_of(options, {.threads = cores});
  const auto made = sel::make_method(options, task);
  sel::Board board;
  Schedule result;
  for (auto rung = made->next(board); !rung.empty(); rung = made->next(board)) {
    std::vector<double> work;
    for (const sel::Request& request : rung) {
      work.push_back(work_of(board, request));
      result.work += work.back();
      board.ask(request);
    }
    const int jobs = sel::jobs_at_once(static_cast<int>(rung.size()), most, cores);
    result.time += makespan(work, jobs, cores);
    for (const sel::Request& request : rung) board.add(request, trained(board, request));
  }
  return result;
}

}  // namespace

int main() {
  fmt::print("{:<10} {:>5} {:>10} {:>8} {:>8}\n", "method", "cores", "trainings", "time", "busy");
  for (const char* method : {"race", "grid", "halving", "hyperband", "bayes"}) {
    for (const int cores : {1, 2, 4, 16, 64}) {
      const auto [work, time] = schedule(method, cores);
      fmt::print("{:<10} {:>5} {:>10.2f} {:>8.3f} {:>7.0f} %\n", method, cores, work, time,
                 100 * work / (time * cores));
    }
  }
}
