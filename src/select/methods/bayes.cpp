// Bayesian optimisation: a Gaussian process over the searched keys learns from all scores, and the
// candidate with the largest expected improvement is trained next, on all folds (Jones, Schonlau
// and Welch, "Efficient global optimization of expensive black-box functions", J. Global
// Optimization 13, 1998). The deviation between folds tells how much of a difference is noise. The
// choice is the candidate with the best expected score, not the one with the luckiest score.
#include <algorithm>
#include <cmath>

#include "select/methods/sequential.hpp"
#include "select/rules.hpp"
#include "select/samplers/sobol.hpp"
#include "select/surrogate/gaussian_process.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection {
namespace {

constexpr int everywhere = 512, nearby = 64;  // points that are compared
constexpr double near = 0.05;                 // deviation around the best point

GaussianProcess process(const std::vector<Tried>& tried) {
  std::vector<Observation> observations;
  for (const Tried& t : tried) observations.push_back({t.point, t.score, t.error});
  return GaussianProcess(std::move(observations));
}

class Bayes final : public Sequential {
 public:
  using Sequential::Sequential;

  std::optional<ModelChoice> choose(const Board& board, std::string_view rule) const override {
    const std::vector<Tried> all = tried(board);
    if (all.empty()) return {};
    const GaussianProcess model = process(all);
    const auto expected = [&](const Tried& t) { return model.at(t.point).mean; };
    std::vector<Tried> done;
    for (const Tried& t : all) {
      if (t.trial > 0) done.push_back(t);
    }
    const Tried& best = *std::ranges::min_element(done, {}, expected);
    ModelChoice choice{.chosen = board.parameters(best.trial), .score = best.score};
    if (!orders_by_simplicity(options().over)) return choice;
    std::vector<double> tied;
    for (const Tried& t : done) {
      const double above = model.uncompressed(expected(t) - expected(best));
      if (above <= best.error) tied.push_back(board.parameters(t.trial).begin()->second);
    }
    const auto [low, high] = std::ranges::minmax(tied);
    choice.tied = {low, high};
    if (rule != "best") {
      auto& [key, value] = *choice.chosen.begin();
      value = key == "train.epochs" ? low : high;
    }
    return choice;
  }

 protected:
  UnitPoint propose(const std::vector<Tried>& tried, int number) const override {
    const GaussianProcess model = process(tried);
    Random random(options().seed, Purpose::sample, static_cast<std::uint64_t>(number));
    const UnitPoint& centre =
        std::ranges::min(tried, {}, [&](const Tried& t) { return model.at(t.point).mean; }).point;
    UnitPoint best;
    double improvement = -1;
    for (int i = 0; i < everywhere + nearby; ++i) {
      UnitPoint point;
      for (const double c : centre) {
        point.push_back(i < everywhere ? random.uniform_double()
                                       : std::clamp(c + near * random.normal(), 0.0, 1.0));
      }
      const double expected = model.expected_improvement(point);
      if (expected <= improvement) continue;
      improvement = expected;
      best = std::move(point);
    }
    return best;
  }
};

}  // namespace

std::unique_ptr<Method> bayes(const SelectOptions& options, const SelectionTask& task) {
  return std::make_unique<Bayes>(options, task);
}

}  // namespace ridgeline::selection
