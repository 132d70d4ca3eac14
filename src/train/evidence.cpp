#include "train/evidence.hpp"

#include <algorithm>
#include <cmath>

#include "options/check.hpp"
#include "ridgeline/targets.hpp"
#include "train/measure.hpp"

namespace ridgeline::train {
namespace {

constexpr std::int64_t most_classes = 100;

std::int64_t classes_of(const ModelCore& core) {
  return std::max<std::int64_t>(2, core.outputs());  // one output decides between two classes
}

bool penalised(const ModelCore& core, const std::vector<Penalty>& penalties, std::size_t p) {
  return penalties[p].l2 > 0 && core.state.arena().offsets[p] < core.state.arena().trainable;
}

// The probability of each class. Sigmoids of several outputs are no classes.
std::vector<double> probabilities(ModelCore& core, const engine::Batch& image) {
  std::vector<float> outputs(static_cast<std::size_t>(core.outputs()));
  core.engine.predict(core.state, image, outputs);
  if (outputs.size() == 1) return {1 - static_cast<double>(outputs[0]), outputs[0]};
  return {outputs.begin(), outputs.end()};
}

// The mean over images of sum over classes c of p(c) (d loss(c) / dw)^2, for each weight.
std::vector<double> curvature(ModelCore& core, const Dataset& train, std::int64_t images,
                              std::uint64_t seed) {
  const auto count = std::min(images, static_cast<std::int64_t>(train.size()));
  std::vector<double> diagonal(core.state.arena().trainable);
  data::LoaderOptions reading = evaluation_loader(core, train);
  reading.shuffle = true;
  reading.seed = seed;
  reading.lazy = false;
  data::Loader loader(train, reading);
  loader.start(0);
  std::int64_t done = 0;
  while (done < count) {
    const data::Batch* batch = loader.next();
    for (std::int64_t i = 0; i < batch->images && done < count; ++i, ++done) {
      engine::Batch image = slice(for_engine(*batch), i, 1);
      const std::vector<double> p = probabilities(core, image);
      for (std::int32_t c = 0; c < static_cast<std::int32_t>(p.size()); ++c) {
        image.targets = class_targets({&c, 1});
        core.engine.gradient(core.state, image, core.loss(), {.weight = 1});
        for (std::size_t q = 0; q < core.state.parameters().size(); ++q) {
          if (core.state.arena().offsets[q] >= core.state.arena().trainable) continue;
          const std::vector<float> gradient = core.engine.gradient_of(core.state, q);
          double* to = diagonal.data() + core.state.arena().offsets[q];
          const double weight = p[static_cast<std::size_t>(c)];
          for (std::size_t k = 0; k < gradient.size(); ++k) {
            to[k] += weight * static_cast<double>(gradient[k]) * gradient[k];
          }
        }
      }
    }
  }
  for (double& h : diagonal) h /= static_cast<double>(count);
  return diagonal;
}

}  // namespace

void check_evidence(const ModelCore& core) {
  const auto& parameters = core.layout().parameters;
  require(std::ranges::none_of(parameters,
                               [](const Parameter& p) { return p.spec.role == Role::statistic; }),
          "the evidence needs a network without batch normalisation, behind which the size of the "
          "weights has no effect");
  const std::string_view kind = core.loss().kind();
  require((kind == "cross-entropy" || kind == "binary-cross-entropy") &&
              core.layout().network_outputs.size() == 1 &&
              (kind == "cross-entropy" || core.outputs() == 1) && classes_of(core) <= most_classes,
          "the evidence needs a cross-entropy of at most {} classes", most_classes);
}

Evidence evidence_of(ModelCore& core, const Dataset& train, std::int64_t images,
                     std::uint64_t seed) {
  check_evidence(core);
  const auto count = static_cast<double>(train.size());
  data::Loader loader(train, evaluation_loader(core, train));
  Evidence evidence;
  evidence.log_likelihood = -count * measure(core, loader, {}, false).data_loss;
  const std::vector<double> diagonal = curvature(core, train, images, seed);
  const std::vector<Penalty> penalties = core.penalties(core.in_force);
  double square = 0;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    if (!penalised(core, penalties, p)) continue;
    const double l2 = penalties[p].l2;
    const double* h = diagonal.data() + core.state.arena().offsets[p];
    const auto weights = std::as_const(core.state).weights(p);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double weight = weights[i];
      square += weight * weight;
      evidence.log_prior += std::log(l2) / 2 - count * l2 / 2 * weight * weight;
      evidence.log_determinant += std::log(h[i] + l2);
      evidence.effective += h[i] / (h[i] + l2);
    }
  }
  evidence.fixed_point = square > 0 ? evidence.effective / (count * square) : 0;
  return evidence;
}

}  // namespace ridgeline::train
