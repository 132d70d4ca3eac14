#include "select/methods/method.hpp"

namespace ridgeline::selection {
namespace {

class Exhaustive final : public Method {
 public:
  Exhaustive(const SelectOptions& options, const SelectionTask& task, Sampler sample)
      : options_(options), task_(task), sample_(sample) {}

  bool plans_all() const override { return true; }

  std::vector<Request> next(Board& board) override {
    if (board.trials() > 0) return {};
    board.add(sample_({options_.over, options_.trials, options_.seed, task_.settle}));
    std::vector<Request> requests;
    for (int trial = 1; trial <= board.trials(); ++trial) {
      for (int fold = 1; fold <= options_.folds; ++fold) requests.push_back({{trial, fold}});
    }
    return requests;
  }

 private:
  const SelectOptions& options_;
  const SelectionTask& task_;
  Sampler sample_;
};

}  // namespace

std::unique_ptr<Method> exhaustive(const SelectOptions& options, const SelectionTask& task,
                                   Sampler sample) {
  return std::make_unique<Exhaustive>(options, task, sample);
}

}  // namespace ridgeline::selection
