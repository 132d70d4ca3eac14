#include "experiment/select_notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "select/overlap.hpp"

namespace ridgeline::experiment {
namespace {

/// About classes that some folds do not measure; empty if there are none.
std::string small_classes(const SelectSection& select, const Dataset& train) {
  const bool by_class = select.split == "stratified" && select.fold_file.empty();
  if (!by_class || select.folds < 2 || !train.has_classes()) return {};
  std::vector<std::int64_t> counts(train.names().size());
  for (std::size_t i = 0; i < train.size(); ++i) ++counts[static_cast<std::size_t>(train.label(i))];
  std::size_t small = 0, smallest = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0 || counts[c] >= select.folds) continue;
    if (small++ == 0 || counts[c] < counts[smallest]) smallest = c;
  }
  if (small == 0) return {};
  return fmt::format(
      "{} of {} classes have fewer images than there are folds ({}): some folds do not measure "
      "them; the smallest is {} with {}",
      small, counts.size(), select.folds, train.names()[smallest], counts[smallest]);
}

}  // namespace

std::vector<std::string> select_notes(const Experiment& experiment, const Images& images) {
  std::vector<std::string> notes;
  if (const std::size_t copies = selection::count_copies(images.train, images.test); copies > 0) {
    notes.push_back(fmt::format(
        "{} of the {} test images are among the training images, pixel for pixel: ridgeline data "
        "check finds such copies",
        copies, images.test.size()));
  }
  const bool together = experiment.data.test.empty() || experiment.data.test == "test";
  if (together) {
    const std::size_t known = selection::count_in_groups(images.train, images.test);
    if (known > 0) {
      notes.push_back(fmt::format(
          "{} of the {} test images are of groups (data.groups) that training has, too: the test "
          "score is then not one of new groups",
          known, images.test.size()));
    }
  }
  if (std::string note = small_classes(experiment.select, images.train); !note.empty()) {
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace ridgeline::experiment
