#include "select/methods/shares.hpp"

namespace ridgeline::selection {
namespace {

constexpr double least_images = 2000;
constexpr double smallest_share = 1.0 / 8;

}  // namespace

double first_share(const SelectionTask& task) {
  const auto images = task.fold_images.empty() ? 0.0 : static_cast<double>(task.fold_images[0]);
  double share = 1;
  while (share > smallest_share && share / 2 * images >= least_images) share /= 2;
  return share;
}

}  // namespace ridgeline::selection
