// The effect of penalties on the gradients of deep networks.

#include <algorithm>
#include <map>

#include "experiments.hpp"
#include "figure_list.hpp"

namespace study {
namespace {

// The gradient's norm along the depth, in the last epoch; layer 1 is the image's.
Line along_depth(const Source& source, const std::string& experiment, Line line) {
  const auto of = [&](const Profile& p) {
    return p.data == source.data && p.experiment == experiment;
  };
  std::map<std::size_t, std::vector<double>> by_layer;
  double last = 0;
  for (const Profile& p : source.records.gradients) {
    if (of(p)) last = std::max(last, p.epoch);
  }
  for (const Profile& p : source.records.gradients) {
    if (!of(p) || p.epoch != last) continue;
    for (std::size_t k = 0; k < p.values.size(); ++k) by_layer[k].push_back(p.values[k]);
  }
  for (const auto& [layer, norms] : by_layer) {
    const Spread e = spread(norms);
    line.points.push_back({.x = static_cast<double>(layer + 1),
                           .y = e.mean,
                           .below = e.mean - e.mean / e.factor,
                           .above = e.mean * e.factor - e.mean});
  }
  return line;
}

Panel depth_panel(std::string title) {
  return {.title = std::move(title),
          .x = {.label = "layer, from the image to the output"},
          .y = {.label = "|data gradient|", .logarithmic = true},
          .lines = {}};
}

}  // namespace

Figure depth_figure(const Source& source) {
  Figure figure{"The gradient along the depth, without and with L2: " + source.title,
                with_seeds(source),
                {},
                true};
  for (const std::string_view activation : deep_activations) {
    Panel panel = depth_panel(std::string(activation));
    int colour = 0;
    for (const double l2 : deep_strengths) {
      panel.lines.push_back(
          along_depth(source, deep_name(activation, l2),
                      line(l2 == 0 ? "λ = 0" : strength_name("λ =", l2), colour++)));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

Figure remedies_figure(const Source& source) {
  const std::string strong_name = strength_name("λ =", strong_l2);
  Panel network = depth_panel("with " + strong_name + ", another network");
  Panel instead = depth_panel("another regulariser instead");
  const Line none = along_depth(source, deep_name(remedied_activation, 0), line("λ = 0", 6));
  const Line strong =
      along_depth(source, deep_name(remedied_activation, strong_l2), line(strong_name, 1));
  for (Panel* panel : {&network, &instead}) panel->lines = {none, strong};
  constexpr std::array other_colours{0, 2, 3, 4, 5};
  for (std::size_t r = 0; r < deep_remedies.size(); ++r) {
    const std::string_view name = deep_remedies[r];
    network.lines.push_back(along_depth(
        source, remedy_name(name), line(strong_name + ", " + std::string(name), other_colours[r])));
  }
  for (std::size_t s = 0; s < deep_substitutes.size(); ++s) {
    const std::string_view name = deep_substitutes[s];
    instead.lines.push_back(
        along_depth(source, substitute_name(name),
                    line(std::string(name) + ", λ = 0", other_colours[s], true)));
  }
  return {"What helps the gradient of the " + std::string(remedied_activation) +
              " network: " + source.title,
          with_seeds(source),
          {network, instead},
          true};
}

}  // namespace study
