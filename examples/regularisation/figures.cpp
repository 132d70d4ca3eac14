#include "figures.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "experiments.hpp"
#include "figure_list.hpp"

namespace study {
namespace {

struct Drawn {
  const char* name;
  Figure (*figure)(const Source&);
};
constexpr std::array drawn{
    Drawn{"l2", l2_figure},
    Drawn{"l1", l1_figure},
    Drawn{"decay", decay_figure},
    Drawn{"shrinkage", shrinkage_figure},
    Drawn{"weights", weights_figure},
    Drawn{"weapons", weapons_figure},
    Drawn{"further", further_figure},
    Drawn{"depth", depth_figure},
    Drawn{"remedies", remedies_figure},
};

// "10000 images, 20 epochs, 3 seeds", as they were measured. The deep networks are named "deep".
std::string course_of(const Records& records, std::string_view data, bool deep) {
  double images = 0, epochs = 0, seeds = 0;
  for (const Result& result : records.results) {
    if (result.data != data || result.experiment.starts_with("deep ") != deep) continue;
    images = result.images;
    epochs = std::max(epochs, result.epochs);
    seeds = std::max(seeds, result.seed);
  }
  char text[96];
  std::snprintf(text, sizeof text, "%.0f training images, %.0f epochs, seeds 1 to %.0f", images,
                epochs, seeds);
  return text;
}

bool is_empty(const Figure& figure) {
  return std::ranges::all_of(figure.panels, [](const Panel& panel) {
    return std::ranges::all_of(panel.lines, [](const Line& l) { return l.points.empty(); });
  });
}

}  // namespace

void draw(const Records& records, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const std::string_view data : data_sets) {
    for (const Drawn& d : drawn) {
      const std::string_view name = d.name;
      const bool deep = name == "depth" || name == "remedies";
      const Source source{records, std::string(data),
                          data == "cifar10" ? "CIFAR-10" : "Fashion-MNIST",
                          course_of(records, data, deep)};
      const Figure figure = d.figure(source);
      if (is_empty(figure)) continue;
      const auto file = folder / (std::string(name) + '-' + source.data + ".svg");
      write_svg(file, figure);
      std::printf("%s\n", file.string().c_str());
    }
  }
}

}  // namespace study
