// Parts of an application's own, with options in the experiment file: a data source, an
// augmentation, a layer, a loss, an optimiser, a penalty and a metric.
//
//   own_parts own_parts.toml [key=value ...]     trains what the file says
//   own_parts keys                               lists all keys, with those of the parts
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <ridgeline/ridgeline.hpp>
#include <string>
#include <vector>

namespace rl = ridgeline;

namespace {

// ---- A data source: stripes that rise or fall, under noise.

rl::Dataset stripes(std::int64_t count, std::int64_t size, double noise, unsigned seed) {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  const auto random = [&seed] {
    seed = seed * 1664525u + 1013904223u;
    return static_cast<double>(seed >> 8) / (1 << 24);
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const bool rises = i % 2 == 0;
    const double phase = 2 * 3.14159265 * random();
    for (std::int64_t y = 0; y < size; ++y) {
      for (std::int64_t x = 0; x < size; ++x) {
        const double wave = std::sin(phase + static_cast<double>(rises ? x + y : x - y));
        const double value = 0.5 + 0.4 * wave + noise * (random() - 0.5);
        pixels.push_back(static_cast<float>(std::clamp(value, 0.0, 1.0)));
      }
    }
    labels.push_back(rises ? 1 : 0);
  }
  return rl::from_memory(pixels, {1, size, size}, rl::ImageLayout::nchw, labels,
                         {"falling", "rising"});
}

void add_source() {
  rl::register_source(
      {.name = "stripes",
       .title = "Stripes",
       .folders = {"."},
       .markers = {"."},
       .how_to_get = "any folder will do",
       .open = {},
       .options = {{"images", "training images to make", std::int64_t{400}, rl::limits::count(2)},
                   {"side", "height and width of an image", std::int64_t{8}, rl::limits::count(4)},
                   {"noise", "the largest change of a pixel, twice", 0.5,
                    rl::limits::not_negative}},
       .open_with = [](const std::filesystem::path&, const rl::Attributes& options) {
         const std::int64_t images = options.integer("images"), side = options.integer("side");
         const double noise = options.real("noise");
         return rl::TrainTest{stripes(images, side, noise, 1), stripes(200, side, noise, 2)};
       }});
}

// ---- An augmentation: darker images.

void add_augmentation() {
  rl::register_augmentation(
      {.name = "dim",
       .meaning = "multiplies an image by a number below 1",
       .options = {{"most", "the largest share of the light taken", 0.3, rl::limits::fraction}}},
      [](const rl::Attributes& options) -> rl::Augment {
        return
            [most = options.real("most")](const rl::ChangingImage& image, rl::ImageRandom& random) {
              const auto factor = static_cast<float>(1 - most * random.uniform());
              for (float& pixel : image.pixels) pixel *= factor;
            };
      });
}

// ---- A layer: each channel times a number that is learnt.

class Scale : public rl::OwnLayer {
 public:
  explicit Scale(double start) : start_(start) {}
  std::string_view kind() const override { return "scale"; }
  rl::Attributes attributes() const override { return {{"start", start_}}; }
  rl::Shape output_shape(std::span<const rl::Shape> inputs) const override { return inputs[0]; }
  std::vector<rl::ParameterSpec> parameters(std::span<const rl::Shape> inputs) const override {
    return {{.name = "gamma",
             .shape = {inputs[0][0]},
             .role = rl::Role::norm,
             .initializer = "constant(" + std::to_string(start_) + ")"}};
  }
  void forward(const Forward& call) const override {
    visit(call.images, call.shapes[0], [&](std::size_t at, std::size_t channel) {
      call.output[at] = call.parameters[0][channel] * call.inputs[0][at];
    });
  }
  void backward(const Backward& call) const override {
    std::fill_n(call.parameter_gradients[0], call.shapes[0][0], 0.0F);
    visit(call.images, call.shapes[0], [&](std::size_t at, std::size_t channel) {
      const float gradient = call.output_gradient[at];
      call.parameter_gradients[0][channel] += gradient * call.inputs[0][at];
      if (call.input_gradients[0] != nullptr) {
        call.input_gradients[0][at] = gradient * call.parameters[0][channel];
      }
    });
  }

 private:
  template <typename Use>
  static void visit(std::int64_t images, const rl::Shape& shape, Use use) {
    const auto channels = static_cast<std::size_t>(shape[0]);
    const auto pixels = static_cast<std::size_t>(shape.elements()) / channels;
    const std::size_t all = static_cast<std::size_t>(images) * channels * pixels;
    for (std::size_t at = 0; at < all; ++at) use(at, at / pixels % channels);
  }

  double start_;
};

void add_layer() {
  rl::register_layer(
      {.name = "scale",
       .meaning = "each channel times a number that is learnt",
       .options = {{"start", "what the numbers begin with", 1.0}}},
      [](const rl::Attributes& options) { return std::make_shared<Scale>(options.real("start")); });
}

// ---- A loss: PolyLoss (Leng et al., arXiv 2204.12511), cross-entropy + epsilon (1 - p of the
// class).

class PolyLoss : public rl::Loss {
 public:
  explicit PolyLoss(double epsilon) : epsilon_(epsilon) {}
  std::string_view kind() const override { return "poly"; }
  rl::Attributes attributes() const override { return {{"epsilon", epsilon_}}; }
  rl::Head head() const override { return rl::Head::logits; }
  void check(std::span<const rl::OutputSpec> outputs) const override {
    if (outputs[0].activation != "softmax") {
      throw rl::UsageError("poly needs a network that ends in a softmax");
    }
  }
  void check_targets(const rl::Targets& targets, std::span<const rl::OutputSpec>,
                     std::int64_t) const override {
    if (targets.find(rl::class_tensor) == nullptr) {
      throw rl::DataError("poly needs a class for each image");
    }
  }
  double evaluate(const rl::Tensors& outputs, const rl::Targets& targets, double scale,
                  rl::GradientSpans gradients) const override {
    const auto values = outputs[0].values<float>();
    const auto labels = targets.at(rl::class_tensor).values<std::int32_t>();
    const auto classes = static_cast<std::size_t>(outputs[0].row_size());
    const auto gradient = gradients.empty() ? std::span<float>() : gradients[0];
    double total = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto z = values.subspan(i * classes, classes);
      const double highest = *std::max_element(z.begin(), z.end());
      double sum = 0;
      for (const float v : z) sum += std::exp(v - highest);
      const auto truth = static_cast<std::size_t>(labels[i]);
      const double p = std::exp(z[truth] - highest) / sum;
      total += highest + std::log(sum) - z[truth] + epsilon_ * (1 - p);
      if (gradient.empty()) continue;
      for (std::size_t c = 0; c < classes; ++c) {
        const double softmax = std::exp(z[c] - highest) / sum, own = c == truth ? 1 : 0;
        gradient[i * classes + c] =
            static_cast<float>(scale * ((softmax - own) * (1 + epsilon_ * p)));
      }
    }
    return total;
  }

 private:
  double epsilon_;
};

void add_loss() {
  rl::register_loss(
      {.name = "poly",
       .meaning = "cross-entropy and a share of 1 - p",
       .options = {{"epsilon", "how much 1 - p counts", 1.0, rl::limits::not_negative}}},
      [](const rl::Attributes& options) {
        return std::make_shared<PolyLoss>(options.real("epsilon"));
      });
}

// ---- An optimiser: the sign of the momentum (Signum, Bernstein et al., arXiv 1802.04434).

class Signum : public rl::Optimizer {
 public:
  explicit Signum(double momentum) : momentum_(momentum) {}
  std::string_view kind() const override { return "signum"; }
  rl::Attributes attributes() const override { return {{"momentum", momentum_}}; }
  int slots() const override { return 1; }
  bool has_metric() const override { return false; }
  void step(const rl::StepInfo& info, std::size_t count, const float* gradient, float* const* slots,
            float* step, float*) const override {
    const auto rate = static_cast<float>(info.learning_rate);
    const auto kept = static_cast<float>(momentum_);
    for (std::size_t i = 0; i < count; ++i) {
      float& average = slots[0][i];
      average = kept * average + (1 - kept) * gradient[i];
      step[i] = average > 0 ? rate : average < 0 ? -rate : 0;
    }
  }

 private:
  double momentum_;
};

void add_optimizer() {
  rl::register_optimizer({.name = "signum",
                          .meaning = "the sign of an average of gradients",
                          .options = {{"momentum", "the share of the average kept in a step", 0.9,
                                       rl::limits::fraction}}},
                         [](const rl::Attributes& options) {
                           return std::make_shared<Signum>(options.real("momentum"));
                         });
}

// ---- A metric: the share of images whose class is right with at least some probability.

class Sure : public rl::Metric {
 public:
  explicit Sure(double level) : level_(level) {}
  std::string name() const override { return "sure"; }
  bool higher_is_better() const override { return true; }
  std::vector<std::string_view> measures() const override { return {rl::class_tensor}; }
  bool needs_probabilities(std::string_view) const override { return true; }
  void add(const rl::Tensors& outputs, const rl::Tensors& targets) override {
    const auto probabilities = outputs[0].values<float>();
    const auto labels = targets.at(rl::class_tensor).values<std::int32_t>();
    const std::size_t classes = probabilities.size() / labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      sure_ += probabilities[i * classes + static_cast<std::size_t>(labels[i])] >= level_;
    }
    images_ += static_cast<double>(labels.size());
  }
  void merge(const rl::Metric& other) override {
    const auto& from = dynamic_cast<const Sure&>(other);
    sure_ += from.sure_;
    images_ += from.images_;
  }
  double value() const override { return images_ > 0 ? sure_ / images_ : 0; }
  double standard_error() const override {
    return images_ > 1 ? std::sqrt(value() * (1 - value()) / (images_ - 1)) : 0;
  }
  void clear() override { sure_ = images_ = 0; }
  std::unique_ptr<rl::Metric> fresh() const override { return std::make_unique<Sure>(level_); }
  std::vector<double> state() const override { return {sure_, images_}; }
  void restore(std::span<const double> state) override {
    if (state.size() != 2) throw rl::DataError("what is kept of the metric sure is corrupt");
    sure_ = state[0];
    images_ = state[1];
  }

 private:
  double level_, sure_ = 0, images_ = 0;
};

void add_metric() {
  rl::register_metric({.name = "sure",
                       .meaning = "the share of images whose class is right and sure",
                       .options = {{"level", "the least probability", 0.5, rl::limits::fraction}}},
                      [](const rl::Attributes& options) -> rl::MetricPtr {
                        return std::make_unique<Sure>(options.real("level"));
                      });
}

// ---- A penalty: strength/2 times the sum of squared differences of weights that are `lag` apart
// in a row.

class Smooth : public rl::PenaltyTerm {
 public:
  explicit Smooth(std::int64_t lag) : lag_(lag) {}
  std::string_view name() const override { return "smooth"; }
  bool has_gradient() const override { return true; }
  double value(const rl::TermContext& c, const float* w) const override {
    return visit(c, w, [](std::int64_t, float) {});
  }
  double add_gradient(const rl::TermContext& c, const float* w, float* gradient) const override {
    const auto strength = static_cast<float>(c.strength);
    return visit(c, w, [&](std::int64_t at, float difference) {
      gradient[at] -= strength * difference;
      gradient[at + lag_] += strength * difference;
    });
  }

 private:
  template <typename Use>
  double visit(const rl::TermContext& c, const float* w, Use use) const {
    double sum = 0;
    for (std::int64_t row = 0; row < c.rows; ++row) {
      for (std::int64_t i = row * c.columns; i + lag_ < (row + 1) * c.columns; ++i) {
        const float difference = w[i + lag_] - w[i];
        sum += static_cast<double>(difference) * static_cast<double>(difference);
        use(i, difference);
      }
    }
    return c.strength / 2 * sum;
  }

  std::int64_t lag_;
};

void add_penalty() {
  rl::register_penalty({.name = "smooth",
                        .meaning = "smooth/2 times the squared differences of weights in a row",
                        .options = {{"lag", "how far apart these weights are", std::int64_t{1},
                                     rl::limits::count(1)}}},
                       [](const rl::Attributes& options) {
                         return std::make_unique<Smooth>(options.integer("lag"));
                       });
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "own_parts EXPERIMENT.toml [key=value ...], or own_parts keys\n";
    return 2;
  }
  add_source();
  add_augmentation();
  add_layer();
  add_loss();
  add_optimizer();
  add_penalty();
  add_metric();
  if (std::string(argv[1]) == "keys") {
    std::cout << rl::experiment_keys();
    return 0;
  }
  const rl::FileTraining trained = rl::train_file(argv[1], {argv + 2, argv + argc});
  const rl::Epoch& best = trained.history.best();
  std::cout << trained.run.string() << "\nepoch " << best.epoch << ": data loss "
            << best.train.data_loss << ", penalty " << best.train.penalty << "\ntest accuracy "
            << trained.test->value("accuracy") << ", sure " << trained.test->value("sure") << '\n';
  // The model file has the parts by name: a program that has registered them can load it.
  rl::Model again = rl::Model::load(trained.run / "model.safetensors");
  const bool kept = again.options().loss->kind() == "poly" &&
                    again.weights("scale_1.gamma") != std::vector<float>(8, 0.9F);
  // A probability of 0.6 asks for more than to be right.
  const bool measured = trained.test->value("sure") > 0.5 &&
                        trained.test->value("sure") <= trained.test->value("accuracy");
  return trained.test->value("accuracy") > 0.8 && kept && measured ? 0 : 1;
} catch (const rl::Error& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
