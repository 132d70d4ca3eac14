#include "measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "experiments.hpp"
#include "records.hpp"

namespace study {
namespace {

// The same images for every seed, with the same shares of the classes.
rl::Dataset part_of(const rl::Dataset& data, std::size_t images) {
  if (images >= data.size()) return data;
  const double fraction = static_cast<double>(images) / static_cast<double>(data.size());
  return rl::stratified_split(data, fraction, 1).validation;
}

// Names of the kernels, from the image to the output.
std::vector<std::string> kernels_of(const rl::Model& model) {
  std::vector<std::string> names;
  for (const rl::Parameter& parameter : model.layout().parameters) {
    if (parameter.spec.role == rl::Role::kernel) names.push_back(parameter.name);
  }
  return names;
}

void add_weights(const rl::Model& model, Result& result) {
  double weights = 0, zeros = 0, squares = 0;
  for (const std::string& kernel : kernels_of(model)) {
    for (const float w : model.weights(kernel)) {
      ++weights;
      zeros += w == 0 ? 1 : 0;
      squares += static_cast<double>(w) * w;
    }
  }
  result.zeros = zeros / weights;
  result.norm = std::sqrt(squares);
}

std::vector<double> histogram_of(const std::vector<float>& weights) {
  std::vector<double> counts(Bins::count);
  for (const float w : weights) {
    const double bin = std::floor((w - Bins::low) / Bins::width);
    ++counts[static_cast<std::size_t>(std::clamp(bin, 0.0, Bins::count - 1.0))];
  }
  return counts;
}

std::vector<double> gradients_of(const rl::Model& model, const rl::Epoch& epoch) {
  std::vector<double> norms;
  const auto& parameters = model.layout().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (parameters[p].spec.role == rl::Role::kernel) {
      norms.push_back(epoch.statistics.parameters[p].gradient_norm);
    }
  }
  return norms;
}

void train(const Experiment& experiment, const rl::TrainTest& data, Result result,
           Records& records) {
  const auto seed = static_cast<std::uint64_t>(result.seed);
  rl::Dataset images = data.train;
  rl::FitOptions options{.epochs = static_cast<int>(result.epochs), .augment = experiment.augment};
  options.batch = std::min<std::int64_t>(32, static_cast<std::int64_t>(images.size()));
  options.statistics = experiment.gradients;
  options.average = experiment.average;
  if (experiment.patience > 0) {
    rl::Split split = rl::stratified_split(images, 0.1, seed);
    images = split.train;
    options.validation_data = split.validation;
    options.patience = experiment.patience;
  }
  rl::Model model(experiment.network,
                  {.input = images.image_shape(),
                   .loss = rl::cross_entropy({.label_smoothing = experiment.label_smoothing}),
                   .optimizer = experiment.optimizer,
                   .regularize = experiment.regularize,
                   .seed = seed});
  const auto start = std::chrono::steady_clock::now();
  const rl::History history = model.fit(images, options);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  const rl::Metrics train = model.evaluate(images), test = model.evaluate(data.test);
  result.epochs_run = static_cast<double>(history.epochs.size());
  result.train_accuracy = train.value("accuracy");
  result.train_loss = train.data_loss;
  result.test_accuracy = test.value("accuracy");
  result.test_loss = test.data_loss;
  result.penalty = train.penalty;
  result.seconds = seconds.count();
  add_weights(model, result);

  Profile profile{result.data, result.experiment, result.seed, result.epochs_run, {}};
  if (experiment.weights) {
    profile.values = histogram_of(model.weights("dense_1.kernel"));
    records.weights.push_back(profile);
  }
  if (experiment.gradients) {
    for (const rl::Epoch& epoch : history.epochs) {
      profile.epoch = epoch.epoch;
      profile.values = gradients_of(model, epoch);
      records.gradients.push_back(profile);
    }
  }
  records.results.push_back(std::move(result));
}

Result planned(const Experiment& experiment, const rl::Dataset& images, const Measuring& measuring,
               int seed) {
  return {
      .data = experiment.data,
      .experiment = experiment.name,
      .seed = static_cast<double>(seed),
      .images = static_cast<double>(images.size()),
      .epochs = static_cast<double>(measuring.epochs > 0 ? measuring.epochs : experiment.epochs),
      .l2 = experiment.regularize.l2.value,
      .l1 = experiment.regularize.l1.value,
      .decay = experiment.regularize.decay.value};
}

void check(const Result& done, const Result& plan, const std::filesystem::path& folder) {
  if (done.images == plan.images && done.epochs == plan.epochs) return;
  char counts[96];
  std::snprintf(counts, sizeof counts, "%.0f images for %.0f epochs, not on %.0f for %.0f",
                done.images, done.epochs, plan.images, plan.epochs);
  throw rl::UsageError(folder.string() + ": \"" + done.experiment + "\" was trained there on " +
                       counts + ": take another folder");
}

// A training that is not done yet.
struct Task {
  const Experiment* experiment;
  Result plan;
};

}  // namespace

void measure(const std::filesystem::path& folder, const Measuring& measuring) {
  Records records = read(folder);
  write(folder, records);  // finds faults of the folder before any training
  for (const std::string& name : measuring.data) {
    rl::TrainTest data = rl::load(name);
    data = {part_of(data.train, measuring.images), part_of(data.test, measuring.images)};
    const std::vector<Experiment> all = experiments(name);
    std::vector<Task> tasks;
    // Seed by seed, so that the first results cover everything.
    for (int seed = 1; seed <= measuring.seeds; ++seed) {
      for (const Experiment& experiment : all) {
        Task task{&experiment, planned(experiment, data.train, measuring, seed)};
        const Result* done = find(records, name, experiment.name, seed);
        if (done != nullptr) check(*done, task.plan, folder);
        if (done == nullptr) tasks.push_back(std::move(task));
      }
    }
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      try {
        train(*tasks[t].experiment, data, tasks[t].plan, records);
      } catch (const rl::DivergedError& error) {
        std::printf("%3zu/%zu  %s, %s: %s\n", t + 1, tasks.size(), name.c_str(),
                    tasks[t].experiment->name.c_str(), error.what());
        continue;
      }
      write(folder, records);
      const Result& result = records.results.back();
      std::printf("%3zu/%zu  %s, %s, seed %.0f: test accuracy %.4f, loss %.4f, %.1f s\n", t + 1,
                  tasks.size(), name.c_str(), result.experiment.c_str(), result.seed,
                  result.test_accuracy, result.test_loss, result.seconds);
      std::fflush(stdout);
    }
  }
}

}  // namespace study
