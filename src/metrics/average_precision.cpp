// Average precision: the mean over the positive images of the precision among all images that score
// at least as high; without interpolation. 0 for a class without positive images. The mean over
// labels is known as mAP.

#include "metrics/ranking.hpp"

namespace ridgeline::metrics {
namespace {

RankedScore average_precision(std::span<const Ranked> ranking) {
  RankedScore result{0, std::vector<double>(ranking.size())};
  double positive = 0;
  for (const Ranked& r : ranking) positive += r.positive ? r.weight : 0;
  if (!(positive > 0)) return result;

  // Sums of weights at the end of each run of equal scores: of the positives and of all images so
  // far.
  struct Run {
    std::size_t end;
    double positives_here, positives, all;
  };
  std::vector<Run> runs;
  double positives = 0, all = 0;
  for_ties(ranking, [&](std::size_t first, std::size_t end) {
    double here = 0;
    for (std::size_t r = first; r < end; ++r) {
      here += ranking[r].positive ? ranking[r].weight : 0;
      all += ranking[r].weight;
    }
    positives += here;
    runs.push_back({end, here, positives, all});
    if (all > 0) result.value += here / positive * (positives / all);
  });

  // An image changes the precision of its own run and of all runs with lower scores, so the sums go
  // from the end to the beginning.
  double gain = 0, loss = 0;  // sums over these runs of here / all, and here * positives / all^2
  for (std::size_t i = runs.size(); i-- > 0;) {
    const Run& run = runs[i];
    if (run.all > 0) {
      gain += run.positives_here / run.all;
      loss += run.positives_here * run.positives / (run.all * run.all);
    }
    const double precision = run.all > 0 ? run.positives / run.all : 0;
    for (std::size_t r = i == 0 ? 0 : runs[i - 1].end; r < run.end; ++r) {
      const double as_positive = ranking[r].positive ? precision - result.value + gain : 0;
      result.influence[r] = ranking[r].weight * (as_positive - loss) / positive;
    }
  }
  return result;
}

}  // namespace

MetricPtr make_average_precision(const Attributes&) {
  return make_ranking({"average_precision", average_precision});
}

}  // namespace ridgeline::metrics
