#include "data/cache/cached_source.hpp"

#include "data/cache/scales.hpp"
#include "data/fitted.hpp"
#include "data/wrapper.hpp"
#include "image/decode.hpp"
#include "image/planes.hpp"

namespace ridgeline::data {
namespace {

class CachedSource final : public WrappedSource, public KeepsFitted {
 public:
  CachedSource(std::shared_ptr<const SampleSource> source, std::optional<Preprocessing> fit,
               std::shared_ptr<const ImageStore> store)
      : WrappedSource(std::move(source)), fit_(std::move(fit)), store_(std::move(store)) {}

  void read(std::size_t index, std::span<float> pixels) const override {
    if (!fit_) {
      if (!store_->read(index, pixels)) source().read(index, pixels);
    } else if (const auto record = store_->fitted(index)) {
      image::to_planes(record->pixels, false, pixels);
    } else {
      thread_local FitScratch scratch;
      read_fitted(*this, index, *fit_, scratch);
      image::to_planes(scratch.fitted, false, pixels);
    }
  }

  std::optional<Transform> kept(std::size_t index, const Preprocessing& preprocessing,
                                FitScratch& scratch) const override {
    if (fit_ != preprocessing) return std::nullopt;
    const auto record = store_->fitted(index);
    if (!record) return std::nullopt;
    const auto& [channels, height, width, pixels] = record->pixels;
    scratch.fitted.channels = channels;
    scratch.fitted.height = height;
    scratch.fitted.width = width;
    scratch.fitted.pixels.assign(pixels.begin(), pixels.end());
    scratch.original = record->original;
    return plan_fit(*fit_, record->original[1], record->original[2]).transform(*fit_);
  }

  void prepare() const { store_->prepare(); }

  Shape shape_of(std::size_t index) const override {
    const auto known = store_->decoded(index);
    return known ? known->original : source().shape_of(index);
  }

  void decode(std::size_t index, const Choose& choose, DecodedImage& to) const override {
    const auto known = store_->decoded(index);
    if (!known) return source().decode(index, choose, to);
    const Shape& full = known->original;
    const ImageRequest request = choose(full);
    const PixelBox box = request.box.value_or(PixelBox{0, 0, full[2], full[1]});
    const auto record = store_->at_scale(index, image::shrink_of(box, request, known->most));
    if (record) return cut(*record, box, to);
    // `choose` may draw random numbers, so it must be called only once.
    source().decode(
        index, [&](const Shape&) { return request; }, to);
  }

 private:
  std::optional<Preprocessing> fit_;
  std::shared_ptr<const ImageStore> store_;
};

}  // namespace

std::shared_ptr<const SampleSource> cached_source(std::shared_ptr<const SampleSource> source,
                                                  std::optional<Preprocessing> fit,
                                                  std::shared_ptr<const ImageStore> store) {
  return std::make_shared<const CachedSource>(std::move(source), std::move(fit), std::move(store));
}

bool is_cached(const SampleSource& source) {
  return dynamic_cast<const CachedSource*>(&source) != nullptr;
}

void prepare_cache(const Dataset& data) {
  const auto* cached = dynamic_cast<const CachedSource*>(data.source().get());
  if (cached != nullptr) cached->prepare();
}

}  // namespace ridgeline::data
