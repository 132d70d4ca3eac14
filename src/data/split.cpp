#include <cstdint>
#include <vector>

#include "data/assign.hpp"
#include "ridgeline/dataset.hpp"

namespace ridgeline {
namespace {

std::vector<std::int32_t> classes_of(const Dataset& data) {
  std::vector<std::int32_t> classes;
  for (std::size_t i = 0; data.has_classes() && i < data.size(); ++i) {
    classes.push_back(data.label(i));
  }
  return classes;
}

std::vector<std::int64_t> groups_of(const Dataset& data) {
  std::vector<std::int64_t> groups;
  for (std::size_t i = 0; data.grouped() && i < data.size(); ++i) groups.push_back(data.group(i));
  return groups;
}

Split split_by(const Dataset& data, const std::vector<bool>& validation) {
  std::vector<std::size_t> in, out;
  for (std::size_t i = 0; i < data.size(); ++i) (validation[i] ? out : in).push_back(i);
  return {data.subset(in), data.subset(out)};
}

}  // namespace

Split stratified_split(const Dataset& data, double fraction, std::uint64_t seed) {
  const auto classes = classes_of(data);
  const auto groups = groups_of(data);
  return split_by(data, data::assign_validation({data.size(), classes, groups}, fraction, seed));
}

std::vector<Split> stratified_folds(const Dataset& data, int folds, std::uint64_t seed) {
  const auto classes = classes_of(data);
  const auto groups = groups_of(data);
  const auto fold_of = data::assign_folds({data.size(), classes, groups}, folds, seed);
  std::vector<Split> splits;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<bool> validation(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) validation[i] = fold_of[i] == fold;
    splits.push_back(split_by(data, validation));
  }
  return splits;
}

}  // namespace ridgeline
