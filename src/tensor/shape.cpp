#include "ridgeline/shape.hpp"

#include <fmt/ranges.h>

namespace ridgeline {

std::int64_t Shape::elements() const {
  std::int64_t count = 1;
  for (std::int64_t dim : dims_) count *= dim;
  return count;
}

std::string Shape::text() const {
  return dims_.empty() ? "scalar" : fmt::format("{}", fmt::join(dims_, "x"));
}

Shape Shape::with_batch(std::int64_t images) const {
  std::vector<std::int64_t> dims{images};
  dims.insert(dims.end(), dims_.begin(), dims_.end());
  return Shape(std::move(dims));
}

}  // namespace ridgeline
