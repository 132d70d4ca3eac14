#include "summary.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <ostream>

#include "experiments.hpp"

namespace study {
namespace {

struct Column {
  const char* title;
  double Result::*field;
  double scale;
  int decimals;
};
constexpr std::array columns{
    Column{"training accuracy, %", &Result::train_accuracy, 100, 2},
    Column{"test accuracy, %", &Result::test_accuracy, 100, 2},
    Column{"training loss", &Result::train_loss, 1, 3},
    Column{"test loss", &Result::test_loss, 1, 3},
    Column{"penalty", &Result::penalty, 1, 3},
    Column{"exact zeros, %", &Result::zeros, 100, 2},
    Column{"norm of the weights", &Result::norm, 1, 2},
    Column{"epochs run", &Result::epochs_run, 1, 1},
};

std::string text_of(const Estimate& e, double scale, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f ± %.*f", decimals, scale * e.mean, decimals,
                scale * e.error);
  return text;
}

void head(std::ostream& out, const std::vector<std::string>& titles) {
  std::string rule = "|";
  out << '|';
  for (const std::string& title : titles) {
    out << ' ' << title << " |";
    rule += "---|";
  }
  out << '\n' << rule << '\n';
}

// Writes the results of the deep networks, or those of the article's.
void results(const Records& records, std::string_view data, bool deep, std::ostream& out) {
  std::vector<std::string> titles{"experiment"};
  for (const Column& column : columns) titles.emplace_back(column.title);
  titles.emplace_back("seeds");
  head(out, titles);
  for (const Experiment& experiment : experiments(data)) {
    if (experiment.gradients != deep) continue;
    const auto of = [&](double Result::*field) {
      return estimate(records, data, experiment.name, field);
    };
    const int seeds = of(&Result::seed).seeds;
    if (seeds == 0) continue;
    out << "| " << experiment.name << " |";
    for (const Column& column : columns) {
      out << ' ' << text_of(of(column.field), column.scale, column.decimals) << " |";
    }
    out << ' ' << seeds << " |\n";
  }
  out << '\n';
}

// The gradient's norm of the first, the middle and the last layer before the output's, and the
// ratio of the first and the last, in the first epoch and in the last.
void gradients(const Records& records, std::string_view data, std::ostream& out) {
  head(out, {"experiment", "epoch", "layer 1", "layer 5", "layer 10", "layer 1 over layer 10"});
  for (const Experiment& experiment : experiments(data)) {
    std::map<double, std::array<std::vector<double>, 4>> by_epoch;
    for (const Profile& p : records.gradients) {
      if (p.data != data || p.experiment != experiment.name) continue;
      if (p.values.size() <= deep_layers) continue;
      const double first = p.values[0], last = p.values[deep_layers - 1];
      auto& numbers = by_epoch[p.epoch];
      numbers[0].push_back(first);
      numbers[1].push_back(p.values[deep_layers / 2 - 1]);
      numbers[2].push_back(last);
      numbers[3].push_back(last > 0 ? first / last : 0);
    }
    for (const auto& [epoch, numbers] : by_epoch) {
      if (epoch != by_epoch.begin()->first && epoch != by_epoch.rbegin()->first) continue;
      out << "| " << experiment.name << " | " << epoch << " |";
      for (const auto& values : numbers) {
        const Spread e = spread(values);
        char text[64];
        std::snprintf(text, sizeof text, " %.2g ×÷ %.2g |", e.mean, e.factor);
        out << text;
      }
      out << '\n';
    }
  }
  out << '\n';
}

}  // namespace

void summarise(const Records& records, std::ostream& out) {
  for (const std::string_view data : data_sets) {
    if (std::ranges::none_of(records.results, [&](const Result& r) { return r.data == data; })) {
      continue;
    }
    out << "### " << data << "\n\nMean ± standard error over the seeds.\n\n";
    results(records, data, false, out);
    if (std::ranges::any_of(records.gradients, [&](const Profile& p) { return p.data == data; })) {
      results(records, data, true, out);
      out << "Norm of the data gradient, mean over an epoch's steps: geometric mean over the "
             "seeds, "
             "and the factor of one standard error.\n\n";
      gradients(records, data, out);
    }
  }
}

}  // namespace study
