#include "experiment/size_key.hpp"

#include "experiment/codec.hpp"

namespace ridgeline::experiment {
namespace {

constexpr std::string_view form = "a number of pixels, or [height, width]";

}  // namespace

Key size_key() {
  Key key;
  key.name = "data.size";
  key.meaning = "pixels, or [height, width], that every image gets; 0: the images' own size";
  key.read = [name = key.name](Experiment& experiment, const Value& value) {
    std::vector<std::int64_t> sides;
    if (const auto* several = value.get<Array>()) {
      for (const Value& side : *several) decode(side, name, sides.emplace_back());
    } else {
      decode(value, name, sides.emplace_back());
    }
    const bool own = sides == std::vector<std::int64_t>{0};
    const bool several = sides.size() == 2 || (sides.size() == 1 && !value.get<Array>());
    for (const std::int64_t side : sides) {
      if (!own && (side < 1 || side > 1 << 16)) fail(value, name, form);
    }
    if (!several) fail(value, name, form);
    experiment.data.size = own ? std::vector<std::int64_t>() : sides;
  };
  key.write = [](const Experiment& experiment) {
    const auto& size = experiment.data.size;
    if (size.empty()) return encode(std::int64_t{0});
    if (size.size() == 1) return encode(size[0]);
    return encode_attribute(size);
  };
  return key;
}

}  // namespace ridgeline::experiment
