#include "select/methods/method.hpp"
#include "select/samplers/sampler.hpp"

namespace ridgeline::selection {
namespace {

class Exhaustive final : public Method {
 public:
  Exhaustive(const SelectOptions& options, const SelectionTask& task)
      : options_(options), task_(task) {}

  std::vector<Request> next(Board& board) override {
    if (board.trials() > 0) return {};
    const Sampler sample = options_.method == "grid" ? sample_grid : sample_random;
    board.add(sample({options_.over, options_.trials, options_.seed, task_.settle}));
    std::vector<Request> requests;
    for (int trial = 1; trial <= board.trials(); ++trial) {
      for (int fold = 1; fold <= options_.folds; ++fold) requests.push_back({{trial, fold}});
    }
    return requests;
  }

 private:
  const SelectOptions& options_;
  const SelectionTask& task_;
};

}  // namespace

std::unique_ptr<Method> exhaustive(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Exhaustive>(options, task);
}

}  // namespace ridgeline::selection
