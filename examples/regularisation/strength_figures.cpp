// The effect of each regulariser on the article's network.

#include <span>

#include "experiments.hpp"
#include "figure_list.hpp"

namespace study {
namespace {

struct Measure {
  double Result::*field;
  double scale;
  const char* axis;
};
constexpr Measure train_accuracy{&Result::train_accuracy, 100, "accuracy, %"};
constexpr Measure test_accuracy{&Result::test_accuracy, 100, "accuracy, %"};
constexpr Measure train_loss{&Result::train_loss, 1, "cross-entropy, nats"};
constexpr Measure test_loss{&Result::test_loss, 1, "cross-entropy, nats"};
constexpr Measure norm{&Result::norm, 1, "|w|, all kernels"};
constexpr Measure zeros{&Result::zeros, 100, "weights that are exactly 0, %"};

// Adds the result of an experiment at x, if it was measured.
void add_point(Line& line, const Source& source, std::string_view experiment,
               const Measure& measure, double x) {
  const Estimate e = estimate(source.records, source.data, experiment, measure.field);
  if (e.seeds == 0) return;
  const double error = measure.scale * e.error;
  line.points.push_back({x, measure.scale * e.mean, error, error});
}

Line over_strengths(const Source& source, std::string_view penalty,
                    std::span<const double> strengths, const Measure& measure, Line line) {
  for (const double strength : strengths) {
    add_point(line, source, strength_name(penalty, strength), measure, strength);
  }
  return line;
}

Panel over_lambda(std::string title, std::string_view penalty, const Measure& measure) {
  return {.title = std::move(title),
          .x = {.label = "λ (" + std::string(penalty) + ")", .logarithmic = true},
          .y = {.label = measure.axis},
          .lines = {}};
}

Figure strengths_figure(const Source& source, std::string_view penalty, const std::string& name,
                        std::span<const double> strengths) {
  Panel accuracy = over_lambda("accuracy", penalty, test_accuracy);
  Panel loss = over_lambda("data loss", penalty, test_loss);
  const auto add = [&](Panel& panel, const Measure& measure, Line look) {
    panel.lines.push_back(over_strengths(source, penalty, strengths, measure, std::move(look)));
  };
  add(accuracy, train_accuracy, line("training images", 0, true));
  add(accuracy, test_accuracy, line("test images", 1));
  add(loss, train_loss, line("training images", 0, true));
  add(loss, test_loss, line("test images", 1));
  return {name + ": " + source.title, with_seeds(source), {accuracy, loss}};
}

// A row for each weapon, alone and with L2.
struct Row {
  std::string words, alone, with_l2;
};
std::vector<Row> rows_of(std::span<const std::string_view> names) {
  std::vector<Row> rows{{"nothing", "none", strength_name("l2", good_l2)}};
  for (const std::string_view weapon : names) {
    rows.push_back({std::string(weapon), weapon_name(weapon, false), weapon_name(weapon, true)});
  }
  return rows;
}

void add_row(std::vector<Row>& rows, std::string_view penalty, double strength) {
  const std::string name = strength_name(penalty, strength);
  rows.push_back({name, name, ""});
}

// The mean counts over the seeds, as steps.
Line histogram(const Source& source, const std::string& experiment, int colour) {
  std::vector<double> sums(Bins::count);
  double seeds = 0;
  for (const Profile& p : source.records.weights) {
    if (p.data != source.data || p.experiment != experiment) continue;
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += p.values[k];
    ++seeds;
  }
  Line steps = line(experiment, colour);
  steps.marked = false;
  if (seeds == 0) return steps;
  double edge = Bins::low;
  for (const double sum : sums) {
    steps.points.push_back({edge, sum / seeds});
    steps.points.push_back({edge += Bins::width, sum / seeds});
  }
  return steps;
}

// A panel for the accuracy and one for the loss. Each has a line for each row.
Figure rows_figure(const Source& source, const std::vector<Row>& rows, const std::string& name) {
  const auto panel = [&](std::string title, const Measure& train, const Measure& test) {
    Panel p{.title = std::move(title), .x = {.label = test.axis}, .y = {.label = ""}, .lines = {}};
    std::vector<Line> lines{line("training images, without L2", 4, true),
                            line("training images, with L2", 5, true),
                            line("test images, without L2", 0), line("test images, with L2", 1)};
    double y = 0;
    for (const Row& row : rows) {
      p.y.words.push_back(row.words);
      add_point(lines[0], source, row.alone, train, y - 0.12);
      add_point(lines[1], source, row.with_l2, train, y + 0.12);
      add_point(lines[2], source, row.alone, test, y - 0.12);
      add_point(lines[3], source, row.with_l2, test, y + 0.12);
      ++y;
    }
    for (Line& l : lines) {
      l.joined = false;
      for (Point& point : l.points) std::swap(point.x, point.y);
    }
    p.lines = std::move(lines);
    return p;
  };
  Panel accuracy = panel("accuracy", train_accuracy, test_accuracy);
  Panel loss = panel("data loss", train_loss, test_loss);
  return {name + " (" + strength_name("λ =", good_l2) + "): " + source.title,
          with_seeds(source),
          {accuracy, loss}};
}

}  // namespace

Figure l2_figure(const Source& source) {
  return strengths_figure(source, "l2", "Accuracy and loss over the strength of L2", l2_strengths);
}

Figure l1_figure(const Source& source) {
  return strengths_figure(source, "l1", "Accuracy and loss over the strength of L1", l1_strengths);
}

Figure decay_figure(const Source& source) {
  return strengths_figure(source, "decay", "Accuracy and loss over decoupled decay (AdamW)",
                          decay_strengths);
}

Figure shrinkage_figure(const Source& source) {
  const auto panel = [&](std::string title, const Measure& measure) {
    Panel p{.title = std::move(title),
            .x = {.label = "λ (l2 or l1)", .logarithmic = true},
            .y = {.label = measure.axis, .low = 0},
            .lines = {}};
    p.lines.push_back(over_strengths(source, "l2", l2_strengths, measure, line("L2", 0)));
    p.lines.push_back(over_strengths(source, "l1", l1_strengths, measure, line("L1", 1, true)));
    return p;
  };
  Panel zero_panel = panel("exact zeros", zeros);
  zero_panel.y.high = 100;
  return {"What L2 and L1 leave of the weights: " + source.title,
          with_seeds(source),
          {panel("size of the weights", norm), zero_panel}};
}

Figure weapons_figure(const Source& source) {
  std::vector<Row> rows = rows_of(weapons);
  for (const double decay : decay_strengths) {
    if (decay > 0) add_row(rows, "decay", decay);
  }
  return rows_figure(source, rows, "Each regulariser alone and with L2");
}

Figure further_figure(const Source& source) {
  if (source.data != further_data) return {};
  std::vector<Row> rows = rows_of(further_weapons);
  for (const auto& [penalty, strength] : further_penalties) add_row(rows, penalty, strength);
  return rows_figure(source, rows, "Further regularisers alone and with L2");
}

Figure weights_figure(const Source& source) {
  const auto panel = [&](std::string title) {
    // Without a penalty, the line is the same in both panels.
    return Panel{.title = std::move(title),
                 .x = {.label = "weight", .low = -0.3, .high = 0.3},
                 .y = {.label = "weights in a bin", .logarithmic = true},
                 .lines = {histogram(source, "none", 6)}};
  };
  Panel l2 = panel("L2"), l1 = panel("L1");
  l2.lines.push_back(histogram(source, strength_name("l2", 1e-3), 0));
  l2.lines.push_back(histogram(source, strength_name("l2", 1e-2), 1));
  l1.lines.push_back(histogram(source, strength_name("l1", 1e-5), 2));
  l1.lines.push_back(histogram(source, strength_name("l1", 1e-4), 3));
  return {"Weights of the dense layer after training: " + source.title,
          source.course + "; mean over the seeds, bins of 0.005",
          {l2, l1}};
}

}  // namespace study
