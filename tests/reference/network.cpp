#include "reference/network.hpp"

#include <cmath>
#include <stdexcept>

#include "network/layers/activation.hpp"
#include "network/layers/activity_regularization.hpp"
#include "network/layers/adaptive_average_pool2d.hpp"
#include "network/layers/batch_norm2d.hpp"
#include "network/layers/conv2d.hpp"
#include "network/layers/dense.hpp"
#include "network/layers/dropout.hpp"
#include "network/layers/gaussian_noise.hpp"
#include "network/layers/normalize.hpp"
#include "network/layers/pool2d.hpp"
#include "network/layers/spatial_dropout2d.hpp"
#include "network/layers/upsample2d.hpp"

namespace ridgeline::reference {
namespace {

// Functions that turn the gradient of a node's output into those of its inputs.
using Back = std::function<std::vector<Batch>(const Batch& dy)>;

class Pass {
 public:
  Pass(const Problem& problem, Result& result) : p_(problem), result_(result) {}

  void run(const LossFunction& loss) {
    const auto& nodes = p_.network.nodes();
    Batch image(p_.images, p_.input[0], p_.input.rank() > 1 ? p_.input[1] : 1,
                p_.input.rank() > 2 ? p_.input[2] : 1);
    image.data = p_.inputs;
    values_.push_back(std::move(image));
    std::vector<Back> back;
    for (int n = 0; n < static_cast<int>(nodes.size()); ++n) back.push_back(forward(n));
    result_.output = values_.back();
    Batch gradient = values_.back().like();
    result_.loss = loss(values_.back(), gradient.data);

    std::vector<Batch> gradients;
    for (const Batch& v : values_) gradients.push_back(v.like());
    gradients.back() = gradient;
    for (int n = static_cast<int>(nodes.size()) - 1; n >= 0; --n) {
      const auto parts =
          back[static_cast<std::size_t>(n)](gradients[static_cast<std::size_t>(n + 1)]);
      const auto& inputs = nodes[static_cast<std::size_t>(n)].inputs;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        auto& total = gradients[static_cast<std::size_t>(inputs[i] + 1)].data;
        for (std::size_t k = 0; k < total.size(); ++k) total[k] += parts[i].data[k];
      }
    }
    result_.input_gradient = gradients.front().data;
  }

 private:
  const Batch& input(int node, std::size_t i = 0) const {
    const int from = p_.network.nodes()[static_cast<std::size_t>(node)].inputs[i];
    return values_[static_cast<std::size_t>(from + 1)];
  }
  std::string name(int node, const char* parameter) const {
    return p_.network.nodes()[static_cast<std::size_t>(node)].name + "." + parameter;
  }
  Values weights(int node, const char* parameter, bool there = true) const {
    return there ? p_.weights.at(name(node, parameter)) : Values{};
  }

  // Sets the node's value to the activation of `before`. Returns its backward function.
  std::function<Batch(const Batch&)> activated(int node, Batch before) {
    const auto& n = p_.network.nodes()[static_cast<std::size_t>(node)];
    std::string a = n.layer.spec().activation();
    const bool last = static_cast<std::size_t>(node) + 1 == p_.network.nodes().size();
    if (last && p_.head == Head::logits && (a == "softmax" || a == "sigmoid")) a = "linear";
    values_.push_back(activate(a, before, result_.margin));
    return [a, before](const Batch& dy) { return activate_backward(a, before, dy); };
  }

  Back forward(int node);
  Back batch_norm(int node, const network::BatchNorm2DSpec& spec);
  // A random number for each `together` elements of an image, in order.
  Back dropout(int node, double rate, std::int64_t together = 1);
  Back noise(int node, double deviation);
  Back activity(int node, const ActivityRegularization& options);

  const Problem& p_;
  Result& result_;
  std::vector<Batch> values_;  // the image first
};

Back Pass::batch_norm(int node, const network::BatchNorm2DSpec& spec) {
  const Batch x = input(node);
  BatchNorm bn{spec.options().epsilon, weights(node, "gamma"), weights(node, "beta"),
               weights(node, "moving_mean"), weights(node, "moving_variance")};
  if (p_.training) batch_statistics(x, bn.mean, bn.variance);
  values_.push_back(normalise(bn, x));
  return [this, node, bn, x](const Batch& dy) -> std::vector<Batch> {
    Values &dgamma = result_.gradients[name(node, "gamma")],
           &dbeta = result_.gradients[name(node, "beta")];
    return {normalise_backward(bn, x, dy, dgamma, dbeta)};
  };
}

Back Pass::dropout(int node, double rate, std::int64_t together) {
  Batch factor = input(node).like();
  const std::int64_t size = factor.channels * factor.height * factor.width;
  for (std::size_t k = 0; k < factor.data.size(); ++k) {
    const auto at = static_cast<std::int64_t>(k);
    const bool keep = !p_.training || !p_.keeps || p_.keeps(node, at / size, at % size / together);
    factor.data[k] = !p_.training || !p_.keeps ? 1 : keep ? 1 / (1 - rate) : 0;
  }
  const auto times = [factor](Batch b) {
    for (std::size_t k = 0; k < b.data.size(); ++k) b.data[k] *= factor.data[k];
    return b;
  };
  values_.push_back(times(input(node)));
  return [times](const Batch& dy) -> std::vector<Batch> { return {times(dy)}; };
}

Back Pass::noise(int node, double deviation) {
  Batch y = input(node);
  const std::int64_t size = y.channels * y.height * y.width;
  for (std::size_t k = 0; p_.training && p_.noise && k < y.data.size(); ++k) {
    const auto at = static_cast<std::int64_t>(k);
    y.data[k] += deviation * p_.noise(node, at / size, at % size);
  }
  values_.push_back(y);
  return [](const Batch& dy) -> std::vector<Batch> { return {dy}; };
}

Back Pass::activity(int node, const ActivityRegularization& o) {
  const Batch a = input(node);
  const auto images = static_cast<double>(a.images);
  result_.activity += activity_penalty(o.l2, o.l1, a) / images;
  for (const double v : a.data) {
    if (o.l1 > 0 && v != 0) result_.margin.meet(std::abs(v));  // an exact 0 comes from a ReLU
  }
  values_.push_back(a);
  return [=](const Batch& dy) -> std::vector<Batch> {
    Batch dx = activity_gradient(o.l2, o.l1, a);
    for (std::size_t k = 0; k < dx.data.size(); ++k) dx.data[k] = dy.data[k] + dx.data[k] / images;
    return {dx};
  };
}

Back Pass::forward(int node) {
  const Node& n = p_.network.nodes()[static_cast<std::size_t>(node)];
  const LayerSpec& spec = n.layer.spec();
  const std::string_view kind = spec.kind();
  const Batch x = input(node);
  if (kind == "conv2d") {
    const auto& s = static_cast<const network::Conv2DSpec&>(spec);
    const bool bias = s.options().use_bias;
    const Convolution c{s.window(), s.options().filters, s.options().groups};
    const Values kernel = weights(node, "kernel");
    const auto back = activated(node, convolve(c, x, kernel, weights(node, "bias", bias)));
    return [=, this](const Batch& dy) -> std::vector<Batch> {
      Values dbias;
      const Batch dx =
          convolve_backward(c, x, kernel, back(dy), result_.gradients[name(node, "kernel")], dbias);
      if (bias) result_.gradients[name(node, "bias")] = dbias;
      return {dx};
    };
  }
  if (kind == "dense") {
    const auto& o = static_cast<const network::DenseSpec&>(spec).options();
    const bool bias = o.use_bias;
    const Values kernel = weights(node, "kernel");
    const auto back = activated(node, dense(x, kernel, weights(node, "bias", bias), o.units));
    return [=, this](const Batch& dy) -> std::vector<Batch> {
      Values dbias;
      const Batch dx =
          dense_backward(x, kernel, back(dy), result_.gradients[name(node, "kernel")], dbias);
      if (bias) result_.gradients[name(node, "bias")] = dbias;
      return {dx};
    };
  }
  if (kind == "max_pool2d") {
    const auto w = static_cast<const network::MaxPool2DSpec&>(spec).window();
    values_.push_back(max_pool(w, x, result_.margin));
    return [=](const Batch& dy) -> std::vector<Batch> { return {max_pool_backward(w, x, dy)}; };
  }
  if (kind == "average_pool2d" || kind == "global_average_pool2d") {
    network::Window w{Pair(x.height, x.width)};
    if (kind == "average_pool2d") {
      w = static_cast<const network::AveragePool2DSpec&>(spec).window();
    }
    values_.push_back(average_pool(w, x));
    return [=](const Batch& dy) -> std::vector<Batch> { return {average_pool_backward(w, x, dy)}; };
  }
  if (kind == "adaptive_average_pool2d") {
    const Pair size = static_cast<const network::AdaptiveAveragePool2DSpec&>(spec).options().size;
    values_.push_back(adaptive_average_pool(size, x));
    return [=](const Batch& dy) -> std::vector<Batch> {
      return {adaptive_average_pool_backward(size, x, dy)};
    };
  }
  if (kind == "upsample2d") {
    const auto& s = static_cast<const network::Upsample2DSpec&>(spec);
    const Pair size = s.options().size;
    values_.push_back(upsample(size, s.bilinear(), x));
    return [=, bilinear = s.bilinear()](const Batch& dy) -> std::vector<Batch> {
      return {upsample_backward(size, bilinear, x, dy)};
    };
  }
  if (kind == "flatten") {
    Batch y(x.images, x.channels * x.height * x.width, 1, 1);
    y.data = x.data;
    values_.push_back(y);
    return [x](const Batch& dy) -> std::vector<Batch> {
      Batch dx = x.like();
      dx.data = dy.data;
      return {dx};
    };
  }
  if (kind == "batch_norm2d") {
    return batch_norm(node, static_cast<const network::BatchNorm2DSpec&>(spec));
  }
  if (kind == "dropout") {
    return dropout(node, static_cast<const network::DropoutSpec&>(spec).options().rate);
  }
  if (kind == "spatial_dropout2d") {
    const double rate = static_cast<const network::SpatialDropout2DSpec&>(spec).options().rate;
    return dropout(node, rate, x.height * x.width);
  }
  if (kind == "gaussian_noise") {
    return noise(node, static_cast<const network::GaussianNoiseSpec&>(spec).options().stddev);
  }
  if (kind == "activity_regularization") {
    return activity(node, static_cast<const network::ActivityRegularizationSpec&>(spec).options());
  }
  if (kind == "add") {
    Batch y = x;
    for (std::size_t i = 1; i < n.inputs.size(); ++i) {
      for (std::size_t k = 0; k < y.data.size(); ++k) y.data[k] += input(node, i).data[k];
    }
    values_.push_back(y);
    return [count = n.inputs.size()](const Batch& dy) { return std::vector<Batch>(count, dy); };
  }
  if (kind == "concat") {
    std::vector<Batch> parts;
    std::int64_t channels = 0;
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
      parts.push_back(input(node, i).like());
      channels += parts.back().channels;
    }
    Batch y(x.images, channels, x.height, x.width);
    const auto each = [parts](auto visit) {
      std::int64_t first = 0;
      for (std::size_t i = 0; i < parts.size(); first += parts[i++].channels) {
        for (std::int64_t b = 0; b < parts[i].images; ++b) {
          for (std::int64_t c = 0; c < parts[i].channels; ++c) {
            for (std::int64_t h = 0; h < parts[i].height; ++h) {
              for (std::int64_t w = 0; w < parts[i].width; ++w) visit(i, b, c, h, w, first + c);
            }
          }
        }
      }
    };
    each([&](auto i, auto b, auto c, auto h, auto w, auto to) {
      y.at(b, to, h, w) = input(node, i).at(b, c, h, w);
    });
    values_.push_back(y);
    return [parts, each](const Batch& dy) {
      std::vector<Batch> dx = parts;
      each([&](auto i, auto b, auto c, auto h, auto w, auto from) {
        dx[i].at(b, c, h, w) = dy.at(b, from, h, w);
      });
      return dx;
    };
  }
  if (kind == "activation") {
    const auto back = activated(node, x);
    return [back](const Batch& dy) -> std::vector<Batch> { return {back(dy)}; };
  }
  if (kind == "normalize") {
    const auto& o = static_cast<const network::NormalizeSpec&>(spec).options();
    BatchNorm bn{0, Values(o.std.size(), 1), Values(o.std.size(), 0), o.mean, o.std};
    for (double& v : bn.variance) v *= v;
    values_.push_back(normalise(bn, x));
    return [bn](const Batch& dy) -> std::vector<Batch> {
      BatchNorm slope = bn;
      slope.mean.assign(slope.mean.size(), 0);
      return {normalise(slope, dy)};
    };
  }
  throw std::runtime_error("the reference has no layer of kind " + std::string(kind));
}

}  // namespace

Result run(const Problem& problem, const LossFunction& loss) {
  Result result;
  Pass(problem, result).run(loss);
  return result;
}

LossFunction cross_entropy_of(std::vector<std::int32_t> labels, double smoothing,
                              std::vector<double> class_weights) {
  return [=](const Batch& z, Values& gradient) {
    const std::int64_t k = z.channels;
    const auto weight = [&](std::int64_t c) {
      return class_weights.empty() ? 1.0 : class_weights[static_cast<std::size_t>(c)];
    };
    double total = 0, weights = 0;
    for (const auto label : labels) weights += weight(label);
    for (std::int64_t n = 0; n < z.images; ++n) {
      double sum = 0;
      for (std::int64_t c = 0; c < k; ++c) sum += std::exp(z.at(n, c, 0, 0));
      double all = 0;
      const auto q = [&](std::int64_t c) {
        const double one = labels[static_cast<std::size_t>(n)] == c ? 1 : 0;
        return weight(c) * ((1 - smoothing) * one + smoothing / static_cast<double>(k));
      };
      for (std::int64_t c = 0; c < k; ++c) {
        all += q(c);
        total -= q(c) * (z.at(n, c, 0, 0) - std::log(sum));
      }
      for (std::int64_t c = 0; c < k; ++c) {
        gradient[static_cast<std::size_t>(n * k + c)] =
            (all * std::exp(z.at(n, c, 0, 0)) / sum - q(c)) / weights;
      }
    }
    return total / weights;
  };
}

LossFunction mean_squared_error_of(std::vector<std::int32_t> labels) {
  return [=](const Batch& v, Values& gradient) {
    const double count = static_cast<double>(v.data.size());
    double total = 0;
    for (std::size_t i = 0; i < v.data.size(); ++i) {
      const auto k = static_cast<std::size_t>(v.channels);
      const double error = v.data[i] - (labels[i / k] == static_cast<std::int32_t>(i % k) ? 1 : 0);
      total += error * error / count;
      gradient[i] = 2 * error / count;
    }
    return total;
  };
}

LossFunction binary_cross_entropy_of(std::vector<std::int32_t> labels) {
  return [=](const Batch& z, Values& gradient) {
    const double count = static_cast<double>(z.data.size());
    double total = 0;
    for (std::size_t i = 0; i < z.data.size(); ++i) {
      const double p = 1 / (1 + std::exp(-z.data[i])), t = labels[i];
      total -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / count;
      gradient[i] = (p - t) / count;
    }
    return total;
  };
}

}  // namespace ridgeline::reference
