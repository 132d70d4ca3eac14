#include "data/sampling.hpp"

#include <fmt/format.h>

#include "ridgeline/error.hpp"

namespace ridgeline::data {

std::vector<Draw> all_in_order(std::size_t images) {
  std::vector<Draw> draws(images);
  for (std::size_t i = 0; i < images; ++i) draws[i].image = i;
  return draws;
}

BalancedSampling::BalancedSampling(const Dataset& data) : images_(data.size()) {
  if (!data.has_classes()) {
    throw UsageError(fmt::format(
        "data.sampling = \"balanced\" draws every class equally often, and the training images {}: "
        "set it to \"shuffle\"",
        data.has_targets() ? fmt::format("have no classes (their task is {})", data.schema().task)
                           : "have no labels"));
  }
  classes_.resize(static_cast<std::size_t>(data.classes()));
  for (std::size_t i = 0; i < images_; ++i) {
    classes_[static_cast<std::size_t>(data.label(i))].push_back(i);
  }
  std::erase_if(classes_, [](const auto& images) { return images.empty(); });
}

std::vector<Draw> BalancedSampling::epoch(std::uint64_t seed, std::uint64_t epoch) const {
  Random random(seed, Purpose::shuffle, epoch);
  std::vector<Draw> draws;
  draws.reserve(images_);
  std::vector<std::vector<std::size_t>> classes = classes_;
  // The first classes get the draws that are left over.
  shuffle(std::span(classes), random);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    std::vector<std::size_t>& images = classes[c];
    const std::size_t count = images_ / classes.size() + (c < images_ % classes.size() ? 1 : 0);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t place = k % images.size();
      if (place == 0) shuffle(std::span(images), random);
      draws.push_back({images[place], static_cast<std::uint32_t>(k / images.size())});
    }
  }
  shuffle(std::span(draws), random);
  return draws;
}

std::size_t BalancedSampling::draw_image(Random& random) const {
  const std::vector<std::size_t>& images = classes_[random.below(classes_.size())];
  return images[random.below(images.size())];
}

}  // namespace ridgeline::data
