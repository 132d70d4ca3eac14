#include "select/folds.hpp"

#include "ridgeline/error.hpp"
#include "train/checkpoint.hpp"
#include "train/disk.hpp"

namespace ridgeline::selection {
namespace {

template <typename Argument>
std::function<bool(const Argument&)> both(std::function<bool(const Argument&)> first,
                                          std::function<bool(const Argument&)> second) {
  if (!first) return second;
  return [first = std::move(first), second = std::move(second)](const Argument& argument) {
    const bool on = first(argument);
    return second(argument) && on;
  };
}

std::int64_t epochs_in_checkpoint(const std::filesystem::path& run) {
  return run.empty() ? 0 : train::epochs_in_checkpoint(run / train::checkpoint_name);
}

void set_run(FitOptions& fit, const std::filesystem::path& run, const Callbacks& callbacks) {
  fit.validation = 0;
  fit.run = run;
  fit.resume = !run.empty();
  fit.callbacks.on_step = both(fit.callbacks.on_step, callbacks.on_step);
  fit.callbacks.on_epoch = both(fit.callbacks.on_epoch, callbacks.on_epoch);
}

}  // namespace

TrainingCost cost_of(const Layout& layout, const ModelOptions& options, const FitOptions& fit) {
  const train::RunSize size = train::run_size(layout, options, fit);
  return {.epochs = fit.epochs, .kept = size.model, .checkpoint = size.checkpoint};
}

Dataset share_of(const Dataset& images, double share, std::uint64_t seed) {
  if (share >= 1) return images;
  if (share > 0.5) return stratified_split(images, share, seed).validation;
  return share_of(stratified_split(images, 0.5, seed).validation, 2 * share, seed);
}

FoldResult train_fold(const Fitting& fitting, const Split& split, FitOptions fit,
                      const FoldCall& call) {
  set_run(fit, call.run, call.callbacks);
  fit.validation_data = split.validation;
  const std::atomic<bool>* outer = fit.stop;
  std::atomic<bool> pause = false;
  if (call.request.until > 0 && call.request.until < fit.epochs) {
    fit.stop = &pause;
    // The program may have been killed after the last epoch of this call, before it could tell.
    pause = epochs_in_checkpoint(fit.run) >= call.request.until;
    fit.callbacks.on_step = both<Progress>(fit.callbacks.on_step, [outer](const Progress&) {
      return !outer || !outer->load(std::memory_order_relaxed);
    });
    fit.callbacks.on_epoch = both<Epoch>(fit.callbacks.on_epoch, [&](const Epoch& epoch) {
      pause = epoch.epoch >= call.request.until;
      return true;
    });
  }
  try {
    History history = fitting(split.train, fit);
    const bool paused = history.interrupted && pause;
    return {.epochs = std::move(history.epochs),
            .interrupted = history.interrupted && !paused,
            .paused = paused};
  } catch (const DivergedError&) {
    return {.diverged = true};
  }
}

History train_whole(Model& model, const Dataset& train, FitOptions fit, const RefitCall& call) {
  set_run(fit, call.run, call.callbacks);
  fit.validation_data = {};
  fit.epochs = call.epochs;
  fit.patience = 0;
  return model.fit(train, fit);
}

}  // namespace ridgeline::selection
