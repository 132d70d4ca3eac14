#pragma once
// Images with groups of their own.

#include <memory>
#include <utility>
#include <vector>

#include "data/wrapper.hpp"

namespace ridgeline::test {

class Grouped final : public data::WrappedSource {
 public:
  Grouped(std::shared_ptr<const SampleSource> source, std::vector<std::int64_t> groups)
      : WrappedSource(std::move(source)), groups_(std::move(groups)) {}
  bool grouped() const override { return true; }
  std::int64_t group(std::size_t i) const override { return groups_[i]; }

 private:
  std::vector<std::int64_t> groups_;
};

}  // namespace ridgeline::test
