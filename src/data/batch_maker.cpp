#include "data/batch_maker.hpp"

#include <algorithm>

#include "data/augment.hpp"
#include "data/collators.hpp"
#include "data/error_log.hpp"
#include "ridgeline/error.hpp"
#include "tensor/random.hpp"

namespace ridgeline::data {
namespace {

const Collator& collator_of(const Dataset& data, const LoaderOptions& options) {
  return options.collator ? *options.collator : collator_for(data.schema());
}

// "flip" and "crop" do not return a transform.
void check_following(std::span<const Augmentation> augmentations) {
  for (const Augmentation& augmentation : augmentations) {
    if (augmentation.kind == Augmentation::Kind::flip ||
        augmentation.kind == Augmentation::Kind::crop) {
      throw UsageError(
          "the targets of these images follow them: use the augmentations \"horizontal_flip\" and "
          "\"shifted_crop\", which say where points go, in place of \"flip\" and \"crop\"");
    }
  }
}

}  // namespace

struct BatchMaker::Scratch {
  explicit Scratch(std::size_t pixels) : augment(pixels) {}
  data::Scratch augment;
  PicturePipeline::Memory pictures;
};

/// Scratch memory of a thread that reads. The next reader uses it again.
struct BatchMaker::Borrowed {
  explicit Borrowed(const BatchMaker& from) : maker(from), scratch(from.borrow()) {}
  ~Borrowed() {
    const std::scoped_lock lock(maker.mutex_);
    maker.spare_.push_back(std::move(scratch));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;

  const BatchMaker& maker;
  std::unique_ptr<Scratch> scratch;
};

std::unique_ptr<BatchMaker::Scratch> BatchMaker::borrow() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!spare_.empty()) {
      auto scratch = std::move(spare_.back());
      spare_.pop_back();
      return scratch;
    }
    spare_.reserve(++lent_);  // giving back must not allocate
  }
  return std::make_unique<Scratch>(options_.augment.empty() ? 0 : pixels_);
}

BatchMaker::~BatchMaker() = default;

BatchMaker::BatchMaker(const Dataset& data, const LoaderOptions& options)
    : data_(data),
      options_(options),
      shape_(data.image_shape()),
      pixels_(static_cast<std::size_t>(shape_.elements())),
      collator_(collator_of(data, options)),
      mixes_(data::mixes(options.augment)),
      follows_(data.has_targets() && collator_.follows_image()),
      pictures_(data, picture_steps(options.augment)) {
  if (!data.empty()) check_fits(options.augment, shape_);
  if (follows_) check_following(options.augment);
}

BatchMemory BatchMaker::memory(std::int64_t images) const {
  const auto n = static_cast<std::size_t>(images);
  BatchMemory memory;
  memory.inputs = Buffer<float>(n * pixels_);
  memory.ids.resize(n);
  memory.bad.resize(n);
  memory.targets.resize(data_.has_targets() ? n : 0);
  memory.transforms.resize(follows_ ? n : 0);
  return memory;
}

void BatchMaker::describe(BatchMemory& memory, std::span<const Draw> which,
                          std::int64_t epoch) const {
  const std::size_t count = which.size();
  std::ranges::fill(memory.bad, std::uint8_t{0});
  for (std::size_t k = 0; k < count; ++k) {
    memory.ids[k] = draw_id(data_.id(which[k].image), which[k].repeat);
    if (data_.has_targets()) memory.targets[k] = target(which[k], epoch);
  }
  memory.collated.clear();
  if (!follows_) {
    collate(std::span(memory.targets).first(data_.has_targets() ? count : 0), memory.collated);
    if (data_.weighted()) add_weights(data_, which, memory.bad, memory.collated);
  }
  memory.batch = {.images = static_cast<std::int64_t>(count),
                  .inputs = memory.inputs.span().first(count * pixels_),
                  .targets = memory.collated.view(),
                  .ids = std::span(memory.ids).first(count),
                  .fill = {}};
}

void BatchMaker::read_one(const Draw& draw, std::int64_t epoch, std::span<float> pixels,
                          Transform* transform, Scratch& scratch) const {
  if (pictures_.empty() && !transform) return data_.read(draw.image, pixels);
  const Transform moved = pictures_.read(
      data_, {draw, options_.seed, static_cast<std::uint64_t>(epoch)}, pixels, scratch.pictures);
  if (transform) *transform = moved;
}

void BatchMaker::read(BatchMemory& memory, std::span<const Draw> which, std::int64_t epoch,
                      std::int64_t begin, std::int64_t count) const {
  const Borrowed borrowed(*this);
  Scratch& scratch = *borrowed.scratch;
  std::size_t reading = 0;  // the image that an error is about
  const auto read_other = [&](std::size_t i, std::span<float> pixels) {
    reading = i;
    read_one({.image = i}, epoch, pixels, nullptr, scratch);
  };
  for (std::int64_t n = begin; n < begin + count; ++n) {
    const auto k = static_cast<std::size_t>(n);
    const Draw& draw = which[k];
    reading = draw.image;
    const std::span<float> pixels = memory.inputs.span().subspan(k * pixels_, pixels_);
    try {
      read_one(draw, epoch, pixels, follows_ ? &memory.transforms[k] : nullptr, scratch);
      if (options_.augment.empty()) continue;
      Random random(options_.seed, Purpose::augment, static_cast<std::uint64_t>(epoch),
                    memory.ids[k]);
      augment(options_.augment, shape_, mix_of(draw, epoch), read_other, random, pixels,
              scratch.augment);
    } catch (const DataError& error) {
      if (!options_.errors) throw;
      options_.errors->note(data_.id(reading), error);
      std::ranges::fill(pixels, 0.0f);
      memory.bad[k] = 1;
    }
  }
}

void BatchMaker::finish(BatchMemory& memory, std::span<const Draw> which) const {
  const bool bad = std::ranges::find(memory.bad, 1) != memory.bad.end();
  if (!data_.has_targets() || (!follows_ && !bad)) return;
  for (std::size_t k = 0; follows_ && k < which.size(); ++k) {
    if (!memory.bad[k]) collator_.follow(memory.transforms[k], memory.targets[k]);
  }
  memory.collated.clear();
  collate(std::span(memory.targets).first(which.size()), memory.collated);
  if (bad || data_.weighted()) add_weights(data_, which, memory.bad, memory.collated);
  memory.batch.targets = memory.collated.view();
}

void BatchMaker::collate(std::span<const Target> targets, TensorBatch& batch) const {
  if (!targets.empty()) collator_.collate(targets, data_.schema(), batch);
}

// A draw's target and its pixels get the same mix, whatever thread asks.
std::optional<Mix> BatchMaker::mix_of(const Draw& draw, std::int64_t epoch) const {
  if (!mixes_) return std::nullopt;
  Random random(options_.seed, Purpose::mix, static_cast<std::uint64_t>(epoch),
                draw_id(data_.id(draw.image), draw.repeat));
  Mix mix = draw_mix(options_.augment, shape_, data_.size(), random);
  if (options_.balanced) mix.other = options_.balanced->draw_image(random);
  return mix;
}

Target BatchMaker::target(const Draw& draw, std::int64_t epoch) const {
  const auto mix = mix_of(draw, epoch);
  if (!mix) return data_.target(draw.image);
  return collator_.mix(data_.target(draw.image), data_.target(mix->other), mix->share,
                       data_.schema());
}

}  // namespace ridgeline::data
