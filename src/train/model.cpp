#include "ridgeline/model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "network/summary.hpp"
#include "options/check.hpp"
#include "train/core.hpp"
#include "train/data_checks.hpp"
#include "train/finite.hpp"
#include "train/fit.hpp"
#include "train/load_weights.hpp"
#include "train/measure.hpp"
#include "train/measured.hpp"
#include "train/model_file.hpp"
#include "train/shrink.hpp"
#include "train/unreadable.hpp"

namespace ridgeline {

Model::Model(Network network, ModelOptions options)
    : impl_(std::make_unique<Impl>(std::move(network), std::move(options))) {
  impl_->check_reach();
}
Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

History Model::fit(const Dataset& train, const FitOptions& options) {
  return train::Fit(*impl_, train, options).run();
}

Metrics Model::evaluate(const Dataset& data, const EvaluateOptions& options) {
  train::check_labels(*impl_, data, "images");
  data::LoaderOptions reading = train::evaluation_loader(*impl_, data);
  reading.errors = train::unreadable(
      {.on_error = options.on_error, .callbacks = {.on_note = options.on_note}}, data.size());
  data::Loader loader(data, reading);
  const Metrics metrics = train::measure(
      *impl_, loader, train::measured_in_evaluation({network(), impl_->loss(), data}, options),
      true);
  if (!std::isfinite(metrics.objective)) {
    predict(data);  // names the image whose outputs are not finite
    const bool loss = !std::isfinite(metrics.data_loss);
    throw DivergedError(fmt::format("the {} of these images is {}: {}",
                                    loss ? "data loss" : "penalty",
                                    loss ? metrics.data_loss : metrics.penalty, train::overflow));
  }
  return metrics;
}

std::vector<float> Model::predict(const Dataset& data) {
  if (data.empty()) return {};
  train::check_images(*impl_, data, "images");
  const auto outputs = static_cast<std::size_t>(impl_->outputs());
  std::vector<float> all(data.size() * outputs);
  std::size_t done = 0;
  data::Loader loader(data, train::evaluation_loader(*impl_, data));
  loader.start(0);
  while (const data::Batch* batch = loader.next()) {
    const auto count = static_cast<std::size_t>(batch->images) * outputs;
    const engine::Batch images = train::for_engine(*batch);
    const auto given = std::span(all).subspan(done, count);
    impl_->engine.predict(impl_->state, images, given);
    train::check_outputs(*impl_, images, given, done / outputs);
    done += count;
  }
  return all;
}

std::vector<float> Model::predict(std::span<const float> pixels, ImageLayout layout) {
  const auto size = static_cast<std::size_t>(impl_->options.input.elements());
  if (layout == ImageLayout::nchw && pixels.size() % size == 0) {  // without a copy
    const auto outputs = static_cast<std::size_t>(impl_->outputs());
    std::vector<float> all(pixels.size() / size * outputs);
    std::size_t done = 0;
    while (!pixels.empty()) {
      const auto images = std::min<std::int64_t>(train::evaluation_batch(*impl_),
                                                 static_cast<std::int64_t>(pixels.size() / size));
      const auto count = static_cast<std::size_t>(images);
      const engine::Batch batch{.images = images, .inputs = pixels.first(count * size)};
      const auto given = std::span(all).subspan(done * outputs, count * outputs);
      impl_->engine.predict(impl_->state, batch, given);
      train::check_outputs(*impl_, batch, given, done);
      pixels = pixels.subspan(count * size);
      done += count;
    }
    return all;
  }
  return predict(from_memory(pixels, impl_->options.input, layout, {}));
}
std::vector<float> Model::predict(std::span<const std::uint8_t> pixels, ImageLayout layout) {
  return predict(from_memory(pixels, impl_->options.input, layout, {}));
}

std::vector<std::vector<Prediction>> Model::top(std::span<const float> probabilities,
                                                int count) const {
  const auto outputs = static_cast<std::size_t>(impl_->outputs());
  require(probabilities.size() % outputs == 0,
          "{} probabilities are not a whole number of images of {} outputs", probabilities.size(),
          outputs);
  require(count >= 1, "the number of predictions must be at least 1, not {}", count);
  require(std::ranges::none_of(probabilities, [](float p) { return std::isnan(p); }),
          "a probability is NaN and cannot be ordered");
  const auto& names = impl_->options.class_names;
  const std::size_t kept = std::min(outputs, static_cast<std::size_t>(count));
  std::vector<std::int32_t> order(outputs);
  std::vector<std::vector<Prediction>> all;
  for (; !probabilities.empty(); probabilities = probabilities.subspan(outputs)) {
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater<>(), [&](std::int32_t label) {
      return probabilities[static_cast<std::size_t>(label)];
    });
    auto& predictions = all.emplace_back();
    for (std::size_t k = 0; k < kept; ++k) {
      const auto label = static_cast<std::size_t>(order[k]);
      predictions.push_back({order[k], label < names.size() ? names[label] : std::to_string(label),
                             probabilities[label]});
    }
  }
  return all;
}

void Model::save(const std::filesystem::path& file) const {
  train::save_model(*impl_, file);
}
Model Model::load(const std::filesystem::path& file, int threads) {
  return Model(std::make_unique<Impl>(train::load_model(file, threads)));
}
Model Model::load_diverged(const std::filesystem::path& file) {
  return Model(std::make_unique<Impl>(train::load_model(file, 0, train::Diverged::taken)));
}

void Model::set_regularize(const Regularize& regularize) {
  impl_->set_regularize(regularize);
}

LoadedWeights Model::load_weights(const std::filesystem::path& file) {
  LoadedWeights weights = train::load_weights(file, *impl_);
  impl_->options.weights = file;
  return weights;
}

Model Model::shrunk(std::vector<StayingFilters>* staying) const {
  std::vector<StayingFilters> unasked;
  return Model(std::make_unique<Impl>(train::shrink(*impl_, staying ? *staying : unasked)));
}

std::size_t Model::training_memory(std::int64_t batch) {
  require(batch >= 1, "the batch must be at least 1, not {}", batch);
  Impl& impl = *impl_;
  const OptimizerSetting& optimizer = impl.options.optimizer;
  const int slots = optimizer.optimizer->slots() + (optimizer.lookahead.interval > 0 ? 1 : 0);
  const std::size_t best_weights = sizeof(float) * impl.state.arena().total;
  return impl.engine.training_bytes(batch, impl.loss().head(), slots) + best_weights;
}

const Network& Model::network() const {
  return impl_->network();
}
const Layout& Model::layout() const {
  return impl_->layout();
}
const ModelOptions& Model::options() const {
  return impl_->options;
}

namespace {

PenaltyTexts penalty_texts(const train::ModelCore& core) {
  PenaltyTexts penalties = describe(core.options.regularize, core.layout().parameters);
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    if (core.state.frozen[p]) penalties[p] = "frozen";
  }
  return penalties;
}

}  // namespace

std::string Model::summary() const {
  return ridgeline::summary(network(), options().input, penalty_texts(*impl_));
}

std::string Model::summary(std::size_t width) const {
  return network::summary(network(), options().input, penalty_texts(*impl_), width);
}

std::vector<float> Model::weights(std::string_view parameter) const {
  const engine::State& state = impl_->state;
  const auto values = state.weights(impl_->parameter(parameter));
  return {values.begin(), values.end()};
}

void Model::set_weights(std::string_view parameter, std::span<const float> values) {
  const auto weights = impl_->state.weights(impl_->parameter(parameter));
  require(values.size() == weights.size(), "{} has {} values, not {}", parameter, weights.size(),
          values.size());
  std::ranges::copy(values, weights.begin());
  impl_->state.touch();
}

}  // namespace ridgeline
