#pragma once
// A source that changes one thing about another.

#include <memory>
#include <utility>

#include "data/sources/stored_format.hpp"
#include "ridgeline/sample.hpp"

namespace ridgeline::data {

/// Forwards everything to `source`. Derived classes override what they change.
class WrappedSource : public SampleSource, public StoresFiles {
 public:
  explicit WrappedSource(std::shared_ptr<const SampleSource> source) : source_(std::move(source)) {}

  std::size_t size() const override { return source_->size(); }
  const TargetSchema& schema() const override { return source_->schema(); }
  Target target(std::size_t i) const override { return source_->target(i); }
  bool weighted() const override { return source_->weighted(); }
  double weight(std::size_t i) const override { return source_->weight(i); }
  bool grouped() const override { return source_->grouped(); }
  std::int64_t group(std::size_t i) const override { return source_->group(i); }
  std::string name(std::size_t i) const override { return source_->name(i); }
  std::optional<std::uint64_t> stamp(std::size_t i) const override { return source_->stamp(i); }
  Shape image_shape() const override { return source_->image_shape(); }
  Shape shape_of(std::size_t i) const override { return source_->shape_of(i); }
  void decode(std::size_t i, const Choose& choose, DecodedImage& to) const override {
    source_->decode(i, choose, to);
  }
  std::string_view format(std::size_t i) const override { return stored_format(*source_, i); }
  void read(std::size_t i, std::span<float> pixels) const override { source_->read(i, pixels); }
  bool eight_bit() const override { return source_->eight_bit(); }
  std::span<const std::uint8_t> bytes(std::size_t i) const override { return source_->bytes(i); }
  bool in_memory() const override { return source_->in_memory(); }

 protected:
  const SampleSource& source() const { return *source_; }

 private:
  std::shared_ptr<const SampleSource> source_;
};

}  // namespace ridgeline::data
