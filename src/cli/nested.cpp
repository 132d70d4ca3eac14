#include "cli/nested.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "cli/results.hpp"
#include "select/assignment.hpp"
#include "select/score.hpp"

namespace ridgeline::cli {

nlohmann::ordered_json nested_json(const std::optional<Nested>& nested, const SearchSpace& over) {
  if (!nested) return {};
  auto folds = nlohmann::ordered_json::array();
  for (const OuterFold& fold : nested->folds) {
    folds.push_back({{"chosen", parameters_json(fold.chosen, over)},
                     {"score", finite(fold.score)},
                     {"standard_error", finite(fold.standard_error)},
                     {"images", fold.images}});
  }
  return {{"score", finite(nested->score)},
          {"standard_error", finite(nested->standard_error)},
          {"folds", folds}};
}

namespace {

/// "regularize.l2 0.001 (3 times), regularize.l2 0.01 (2 times)", the most frequent first.
std::string choices(const Nested& nested, const SearchSpace& over) {
  std::vector<std::pair<std::string, int>> counts;
  for (const OuterFold& fold : nested.folds) {
    const std::string chosen = fold.chosen.empty() ? "nothing" : selection::text(fold.chosen, over);
    const auto known = std::ranges::find(counts, chosen, &std::pair<std::string, int>::first);
    if (known == counts.end()) {
      counts.emplace_back(chosen, 1);
    } else {
      ++known->second;
    }
  }
  std::ranges::stable_sort(counts, std::greater(), &std::pair<std::string, int>::second);
  std::vector<std::string> parts;
  for (const auto& [chosen, count] : counts) {
    parts.push_back(count == 1 ? chosen + " (once)" : fmt::format("{} ({} times)", chosen, count));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

void print_nested(Console& console, const std::string& metric, const Nested& nested,
                  const SearchSpace& over) {
  const auto without =
      std::ranges::count_if(nested.folds, [](const OuterFold& f) { return f.chosen.empty(); });
  if (without > 0) {
    console.print(
        "\nNo estimate of the whole selection: nothing was chosen in {} of {} outer folds.\n",
        without, nested.folds.size());
  } else {
    console.print(
        "\nThe whole selection on images that it did not see: {} {:.4f} {} {:.4f} (mean of {} "
        "outer "
        "folds and its standard error)\n",
        selection::name_of(metric), nested.score, console.page().utf8 ? "±" : "+-",
        nested.standard_error, nested.folds.size());
  }
  console.print("Chosen in the outer folds: {}\n", choices(nested, over));
}

void print_test_looks(Console& console, int looks) {
  if (looks < 2) return;
  console.print(
      "This study has measured {} models on the test set, because another score or rule made "
      "another choice. Only the first was chosen without knowing the test set: do not report the "
      "best of them.\n",
      looks);
}

}  // namespace ridgeline::cli
