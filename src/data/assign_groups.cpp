#include "data/assign_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>

#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

/// How many samples of each class a group has, for the classes that it has.
using Counts = std::vector<std::pair<std::size_t, double>>;

struct Weighed {
  std::size_t group = 0;
  double size = 0;
  Counts counts;
};

std::size_t class_of(const SplitSamples& samples, std::size_t i) {
  return samples.classes.empty() ? 0 : static_cast<std::size_t>(samples.classes[i]);
}

/// The groups in an order that depends on the seed alone, and the number of each class's samples.
std::pair<std::vector<Weighed>, std::vector<double>> shuffled(const Groups& groups,
                                                              const SplitSamples& samples,
                                                              std::uint64_t seed,
                                                              std::uint64_t folds) {
  std::vector<Weighed> all;
  std::vector<double> totals(1);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    Weighed weighed{g, static_cast<double>(groups[g].size()), {}};
    std::vector<std::size_t> classes;
    for (const std::size_t i : groups[g]) classes.push_back(class_of(samples, i));
    std::sort(classes.begin(), classes.end());
    for (const std::size_t c : classes) {
      if (weighed.counts.empty() || weighed.counts.back().first != c) {
        weighed.counts.emplace_back(c, 0);
      }
      ++weighed.counts.back().second;
      if (c >= totals.size()) totals.resize(c + 1);
      ++totals[c];
    }
    all.push_back(std::move(weighed));
  }
  Random random(seed, Purpose::split, groups.size(), folds);
  shuffle(std::span(all), random);
  return {std::move(all), std::move(totals)};
}

/// A side of the split: how many samples of each class it has, and should have.
class Side {
 public:
  Side(const std::vector<double>& totals, double share)
      : totals_(totals), share_(share), counts_(totals.size()) {
    size_ = std::accumulate(totals.begin(), totals.end(), 0.0);
  }

  /// How much farther the group moves the side from its due: the growth of (count - due)^2 / due,
  /// as in Pearson's chi-squared. Each class has the same weight as all samples together.
  double cost(const Weighed& group) const {
    const auto growth = [&](double have, double add, double total) {
      const double before = have / total - share_, after = (have + add) / total - share_;
      return (after * after - before * before) / share_;
    };
    double sum = growth(have_, group.size, size_);
    for (const auto& [c, count] : group.counts) sum += growth(counts_[c], count, totals_[c]);
    return sum;
  }
  void add(const Weighed& group) {
    have_ += group.size;
    for (const auto& [c, count] : group.counts) counts_[c] += count;
  }
  double have() const { return have_; }

 private:
  const std::vector<double>& totals_;
  double share_, size_ = 0, have_ = 0;
  std::vector<double> counts_;
};

/// The side of each sample. Each group goes to the side with the least cost. Large groups go first,
/// so that small ones can even the sides out.
std::vector<int> spread(const Groups& groups, const SplitSamples& samples,
                        const std::vector<double>& shares, std::uint64_t seed) {
  auto [order, totals] = shuffled(groups, samples, seed, shares.size());
  std::stable_sort(order.begin(), order.end(),
                   [](const Weighed& a, const Weighed& b) { return a.size > b.size; });
  std::vector<Side> sides;
  for (const double share : shares) sides.emplace_back(totals, share);
  std::vector<int> side_of(samples.size);
  std::size_t empty = sides.size(), left = order.size();
  for (const Weighed& group : order) {
    std::size_t best = sides.size();
    for (std::size_t s = 0; s < sides.size(); ++s) {
      // A fold that has no group yet takes one of the last groups.
      if (left <= empty && sides[s].have() > 0) continue;
      if (best == sides.size() || sides[s].cost(group) < sides[best].cost(group)) best = s;
    }
    if (sides[best].have() == 0) --empty;
    --left;
    sides[best].add(group);
    for (const std::size_t i : groups[group.group]) side_of[i] = static_cast<int>(best);
  }
  return side_of;
}

}  // namespace

Groups find_groups(const SplitSamples& samples) {
  std::unordered_map<std::int64_t, std::size_t> places;
  Groups groups;
  bool any = false;
  for (std::size_t i = 0; i < samples.groups.size(); ++i) {
    const std::int64_t id = samples.groups[i];
    const auto [place, is_new] =
        id < 0 ? std::pair(places.end(), true) : places.emplace(id, groups.size());
    if (is_new) {
      groups.push_back({i});
    } else {
      groups[place->second].push_back(i);
      any = true;
    }
  }
  return any ? groups : Groups{};
}

std::vector<bool> assign_validation(const Groups& groups, const SplitSamples& samples,
                                    double fraction, std::uint64_t seed) {
  if (groups.size() < 2) {
    throw UsageError(
        "a split that keeps groups on one side needs at least 2 groups, and there is 1");
  }
  const std::vector<int> side_of = spread(groups, samples, {1 - fraction, fraction}, seed);
  std::vector<bool> validation(samples.size);
  for (std::size_t i = 0; i < samples.size; ++i) validation[i] = side_of[i] == 1;
  return validation;
}

std::vector<int> assign_folds(const Groups& groups, const SplitSamples& samples, int folds,
                              std::uint64_t seed) {
  const auto count = static_cast<std::size_t>(folds);
  if (groups.size() < count) {
    throw UsageError(fmt::format("{} folds of {} groups: a fold would be empty; use at most {}",
                                 folds, groups.size(), groups.size()));
  }
  return spread(groups, samples, std::vector<double>(count, 1.0 / folds), seed);
}

}  // namespace ridgeline::data
