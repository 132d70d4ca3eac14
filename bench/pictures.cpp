// The cost of each random change of an image of 224 x 224 pixels on one core. bench/pictures.py
// runs it in turn with torchvision.
//
//   bench_pictures for each line on standard input, "NAME COUNT", it changes COUNT images and
//                     writes the CPU seconds
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "data/pictures/table.hpp"
#include "image/levels.hpp"
#include "image/recolour.hpp"

namespace ridgeline {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Smooth, with all levels, as photographs are.
Image picture() {
  Image image{3, 224, 224, {}};
  for (int y = 0; y < 224; ++y) {
    for (int x = 0; x < 224; ++x) {
      for (const int level : {x + y, 255 - x, (x * y) >> 8}) {
        image.pixels.push_back(static_cast<std::uint8_t>(level & 255));
      }
    }
  }
  return image;
}

using Change = std::function<void(Image&, Random&, data::PictureScratch&)>;

std::map<std::string, Change> changes() {
  std::map<std::string, Change> all;
  const auto add = [&](const std::string& name, data::ChangePicture change) {
    all[name] = [change = std::move(change)](Image& image, Random& random,
                                             data::PictureScratch& scratch) {
      change(image, {1, 0, 0, random}, scratch);
    };
  };
  for (const data::PictureKind& kind : data::picture_kinds()) {
    Attributes options;
    for (const Option& option : kind.options) {
      if (option.name == "probability") options.set("probability", 1.0);
    }
    add(kind.name, kind.make(options));
  }
  for (const std::string one : {"brightness", "contrast", "saturation", "hue"}) {
    Attributes options;
    for (const char* name : {"brightness", "contrast", "saturation", "hue"}) {
      options.set(name, name == one ? 0.4 : 0.0);
    }
    add(one, data::make_picture_change("colour_jitter", options));
  }
  all["sharpness"] = [](Image& image, Random&, data::PictureScratch& scratch) {
    image::adjust_sharpness(image, 1.3, scratch.blur);
  };
  all["posterize"] = [](Image& image, Random&, auto&) { image::posterize(image, 5); };
  all["solarize"] = [](Image& image, Random&, auto&) { image::solarize(image, 128); };
  all["autocontrast"] = [](Image& image, Random&, auto&) { image::autocontrast(image); };
  all["equalize"] = [](Image& image, Random&, auto&) { image::equalize(image); };
  return all;
}

}  // namespace

int measure_pictures() {
  const auto all = changes();
  const Image original = picture();
  Image image = original;
  data::PictureScratch scratch;
  std::string name;
  for (int count = 0, turn = 0; std::cin >> name >> count; ++turn) {
    const auto found = all.find(name);
    if (found == all.end()) return 2;
    double seconds = 0;
    for (int i = 0; i < count; ++i) {
      image = original;
      Random random(1, Purpose::augment, static_cast<std::uint64_t>(turn),
                    static_cast<std::uint64_t>(i));
      const double start = cpu_seconds();
      found->second(image, random, scratch);
      seconds += cpu_seconds() - start;
    }
    fmt::print("{}\n", seconds);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace ridgeline

int main() {
  return ridgeline::measure_pictures();
}
