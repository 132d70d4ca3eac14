#include "network/presets/presets.hpp"

#include <algorithm>
#include <array>

#include "options/check.hpp"

namespace ridgeline {
namespace {

using network::Stem;

struct Preset {
  std::string_view name;
  Network (*make)(std::int64_t classes);
  std::int64_t smallest = 1;  // the smallest height and width that its windows fit into
};

template <Network (*Make)(std::int64_t, Stem), Stem stem>
Network with_stem(std::int64_t classes) {
  return Make(classes, stem);
}

template <int depth, bool normed>
Network vgg_of(std::int64_t classes) {
  return network::vgg(classes, depth, normed);
}

constexpr std::array presets = {Preset{"article-cnn", network::article_cnn, 10},
                                Preset{"lenet5", network::lenet5, 12},
                                Preset{"mlp", network::mlp},
                                Preset{"mobilenet-v2", network::mobilenet_v2},
                                Preset{"resnet18", with_stem<network::resnet18, Stem::photograph>},
                                Preset{"resnet18-small", with_stem<network::resnet18, Stem::small>},
                                Preset{"resnet20", network::resnet20},
                                Preset{"resnet34", with_stem<network::resnet34, Stem::photograph>},
                                Preset{"resnet34-small", with_stem<network::resnet34, Stem::small>},
                                Preset{"resnet50", with_stem<network::resnet50, Stem::photograph>},
                                Preset{"resnet50-small", with_stem<network::resnet50, Stem::small>},
                                Preset{"vgg-small", network::vgg_small, 8},
                                Preset{"vgg11", vgg_of<11, false>, 32},
                                Preset{"vgg11-bn", vgg_of<11, true>, 32},
                                Preset{"vgg13", vgg_of<13, false>, 32},
                                Preset{"vgg13-bn", vgg_of<13, true>, 32},
                                Preset{"vgg16", vgg_of<16, false>, 32},
                                Preset{"vgg16-bn", vgg_of<16, true>, 32},
                                Preset{"vgg19", vgg_of<19, false>, 32},
                                Preset{"vgg19-bn", vgg_of<19, true>, 32}};

const Preset& find(std::string_view name) {
  const auto found = std::ranges::find(presets, name, &Preset::name);
  if (found != presets.end()) return *found;
  std::vector<std::string_view> names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  throw UsageError(fmt::format("there is no preset '{}': {}", name, suggestion(name, names)));
}

}  // namespace

Network preset(std::string_view name, std::int64_t classes) {
  require(classes >= 1, "a network needs at least 1 class, not {}", classes);
  return find(name).make(classes);
}

void check_preset_input(std::string_view name, const Shape& input) {
  const Preset& preset = find(name);
  if (input.rank() != 3) return;
  require(std::min(input[1], input[2]) >= preset.smallest,
          "preset '{}' needs images of at least {}x{} pixels, not {}x{}", name, preset.smallest,
          preset.smallest, input[1], input[2]);
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.emplace_back(preset.name);
  return names;
}

}  // namespace ridgeline
