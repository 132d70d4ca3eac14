// An application's layer trains like the built-in layer that computes the same.
#include "ridgeline/own_layer.hpp"

#include <gmock/gmock.h>

#include <mutex>

#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::all_weights;
using test::Folder;
using test::message_of;
using testing::HasSubstr;

// A dense layer of {in} numbers without a bias.
class OwnDense : public OwnLayer {
 public:
  explicit OwnDense(std::int64_t units) : units_(units) {}
  std::string_view kind() const override { return "own_dense"; }
  Attributes attributes() const override { return {{"units", units_}}; }
  Shape output_shape(std::span<const Shape>) const override { return {units_}; }
  std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const override {
    const std::int64_t in = inputs[0][0];
    return {{"kernel", {units_, in}, Role::kernel, "glorot_uniform", in, units_}};
  }
  void forward(const Forward& call) const override {
    const std::int64_t in = call.shapes[0][0];
    for (std::int64_t n = 0; n < call.images; ++n) {
      for (std::int64_t u = 0; u < units_; ++u) {
        double sum = 0;
        for (std::int64_t i = 0; i < in; ++i) {
          sum += call.parameters[0][u * in + i] * call.inputs[0][n * in + i];
        }
        call.output[n * units_ + u] = static_cast<float>(sum);
      }
    }
  }
  void backward(const Backward& call) const override {
    const std::int64_t in = call.shapes[0][0];
    std::fill_n(call.parameter_gradients[0], units_ * in, 0.0F);
    for (std::int64_t n = 0; n < call.images; ++n) {
      float* to = call.input_gradients[0];
      if (to) std::fill_n(to + n * in, in, 0.0F);
      for (std::int64_t u = 0; u < units_; ++u) {
        const float dy = call.output_gradient[n * units_ + u];
        for (std::int64_t i = 0; i < in; ++i) {
          call.parameter_gradients[0][u * in + i] += dy * call.inputs[0][n * in + i];
          if (to) to[n * in + i] += dy * call.parameters[0][u * in + i];
        }
      }
    }
  }

 private:
  std::int64_t units_;
};

// The sum of two inputs.
class OwnSum : public OwnLayer {
 public:
  std::string_view kind() const override { return "own_sum_of_two"; }
  Attributes attributes() const override { return {}; }
  int min_inputs() const override { return 2; }
  int max_inputs() const override { return 2; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  void forward(const Forward& call) const override {
    for (std::int64_t i = 0; i < call.images * call.shapes[0].elements(); ++i) {
      call.output[i] = call.inputs[0][i] + call.inputs[1][i];
    }
  }
  void backward(const Backward& call) const override {
    for (float* to : call.input_gradients) {
      if (to) std::copy_n(call.output_gradient, call.images * call.shapes[0].elements(), to);
    }
  }
};

void register_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    register_layer({.name = "own_dense",
                    .meaning = "a dense layer",
                    .options = {{"units", "its outputs", std::int64_t{1}, limits::count(1)}}},
                   [](const Attributes& options) {
                     return std::make_shared<OwnDense>(options.integer("units"));
                   });
    register_layer({.name = "own_sum_of_two"},
                   [](const Attributes&) { return std::make_shared<OwnSum>(); });
  });
}

// Branches that come together, before and after a layer with weights: gradients go to both inputs.
Network network_of(bool own) {
  register_once();
  const auto x = input();
  const auto conv = [](const Output& from) {
    return conv2d({.filters = 4, .padding = Padding::same(), .activation = "relu"})(from);
  };
  const auto dense_of = [&](std::int64_t units) {
    return own ? make_layer("own_dense", {{"units", units}}, "d" + std::to_string(units))
               : dense({.units = units, .use_bias = false}).named("d" + std::to_string(units));
  };
  const auto first = conv(x);
  const Layer sum = own ? make_layer("own_sum_of_two", {}) : add();
  const auto hidden = activation("tanh")(dense_of(7)(flatten()(sum(first, conv(first)))));
  return Network(x, activation("softmax")(dense_of(test::classes)(hidden)));
}

TEST(OwnLayer, TrainsAsTheBuiltInOne) {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    std::vector<std::vector<float>> weights;
    for (const bool own : {false, true}) {
      ModelOptions options = test::small_options();
      options.compute.precision = precision;
      Model model(network_of(own), options);
      model.fit(test::pictures(60), {.epochs = 3, .batch = 7});
      weights.push_back(all_weights(model));
    }
    ASSERT_EQ(weights[0].size(), weights[1].size());
    // The sums have another order.
    const double tolerance = precision == Precision::fp32 ? 1e-4 : 0.05;
    for (std::size_t i = 0; i < weights[0].size(); ++i) {
      EXPECT_NEAR(weights[0][i], weights[1][i], tolerance) << i;
    }
  }
}

TEST(OwnLayer, IsInTheModelFileWithItsOptions) {
  const Folder folder;
  Model model(network_of(true), test::small_options());
  model.fit(test::pictures(30), {.epochs = 1, .batch = 10});
  model.save(folder / "model.safetensors");
  const Model again = Model::load(folder / "model.safetensors");
  EXPECT_EQ(again.network(), model.network());
  EXPECT_TRUE(test::same(all_weights(again), all_weights(model)));
  EXPECT_FALSE(model.weights("d7.kernel").empty());
}

TEST(OwnLayer, OptionsAreChecked) {
  register_once();
  EXPECT_EQ(message_of<UsageError>([] {
              make_layer("own_dense", {{"units", std::int64_t{0}}});
            }),
            "own_dense: units must be at least 1, not 0");
  EXPECT_THAT(message_of<UsageError>([] {
                make_layer("own_dense", {{"unit", 1.0}});
              }),
              HasSubstr("own_dense has no key 'unit': did you mean 'units'?"));
  EXPECT_EQ(message_of<UsageError>([] { register_layer({.name = "own_dense"}, nullptr); }),
            "there is a layer 'own_dense' already");
  EXPECT_EQ(message_of<UsageError>([] { register_layer({.name = "conv2d"}, nullptr); }),
            "there is a layer 'conv2d' already");
}

}  // namespace
}  // namespace ridgeline
