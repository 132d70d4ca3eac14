#include "experiment/fit_images.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/sources/subset.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::experiment {
namespace {

constexpr std::size_t looked_at = 64;

// 1 if all of some sampled images are grey.
std::int64_t channels_of(const Dataset& data) {
  const std::size_t count = std::min(looked_at, data.size());
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = k * data.size() / count;
    try {
      if (data.source()->shape_of(data.id(i))[0] != 1) return 3;
    } catch (const DataError&) {  // the error is given when the image is read
    }
  }
  return 1;
}

// The size of the first image that can be read, which the others must have, too.
Shape first_shape(const Dataset& data) {
  for (std::size_t i = 0; i + 1 < std::min(looked_at, data.size()); ++i) {
    try {
      return data.source()->shape_of(data.id(i));
    } catch (const DataError&) {  // try the next one
    }
  }
  return data.source()->shape_of(data.id(0));
}

Preprocessing preprocessing(const DataSection& data, const Dataset& train) {
  Preprocessing result{.resize = data.resize, .filter = data.filter, .crop_share = data.crop_share};
  result.channels = data.channels != 0 ? data.channels : channels_of(train);
  if (data.size.empty()) {
    const Shape first = first_shape(train);
    result.height = first[1];
    result.width = first[2];
    result.resize = "none";
  } else {
    result.height = data.size.front();
    result.width = data.size.back();
  }
  result.check();
  return result;
}

}  // namespace

void leave_out(const std::string& list, const std::vector<Dataset*>& sets,
               std::vector<std::string>& notes) {
  if (list.empty()) return;
  data::ExcludeList excluded(list);
  for (Dataset* set : sets) {
    if (!set->empty()) *set = Dataset(excluded.apply(set->source()));
  }
  for (const std::string& line : excluded.unknown()) {
    notes.push_back(fmt::format("{} lists {}, which is none of the images", list, line));
  }
}

void fit_images(const DataSection& data, Images& images) {
  const bool one_size = images.train.image_shape().rank() > 0;
  if (images.train.empty() || (one_size && data.size.empty() && data.channels == 0)) return;
  const Preprocessing wanted = preprocessing(data, images.train);
  for (Dataset* set : {&images.train, &images.validation, &images.test}) {
    if (!set->empty()) *set = set->fitted(wanted);
  }
}

}  // namespace ridgeline::experiment
