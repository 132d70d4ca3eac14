#include "ridgeline/layers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "network/layers/conv2d.hpp"
#include "support/expect_error.hpp"

namespace ridgeline {
namespace {

Shape output(const Layer& layer, const std::vector<Shape>& inputs) {
  return layer.spec().output_shape(inputs);
}

constexpr Padding sides = {Padding::Kind::explicit_, 1, 2, 3, 4};

TEST(Conv2D, OutputShapes) {
  const std::vector<Shape> image = {{6, 11, 13}};
  EXPECT_EQ(output(conv2d({.filters = 8}), image), Shape({8, 9, 11}));
  EXPECT_EQ(output(conv2d({.filters = 8, .padding = Padding::same()}), image), Shape({8, 11, 13}));
  EXPECT_EQ(output(conv2d({.filters = 8, .kernel = {5, 2}, .stride = {2, 3}}), image),
            Shape({8, 4, 4}));
  EXPECT_EQ(output(conv2d({.filters = 8, .stride = 2, .padding = Padding::same()}), image),
            Shape({8, 6, 7}));
  EXPECT_EQ(output(conv2d({.filters = 8, .dilation = {2, 4}}), image), Shape({8, 7, 5}));
  EXPECT_EQ(output(conv2d({.filters = 8, .padding = sides}), image), Shape({8, 12, 18}));
}

TEST(Conv2D, ParametersAndArithmetic) {
  const Layer layer = conv2d({.filters = 8,
                              .kernel = {3, 5},
                              .groups = 2,
                              .kernel_initializer = "he_normal",
                              .bias_initializer = "constant(0.1)"});
  const std::vector<Shape> image = {{6, 11, 13}};
  const auto parameters = layer.spec().parameters(image);
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].name, "kernel");
  EXPECT_EQ(parameters[0].shape, Shape({8, 3, 3, 5}));
  EXPECT_EQ(parameters[0].role, Role::kernel);
  EXPECT_EQ(parameters[0].initializer, "he_normal");
  EXPECT_EQ(parameters[0].fan_in, 3 * 3 * 5);
  EXPECT_EQ(parameters[0].fan_out, 4 * 3 * 5);
  EXPECT_EQ(parameters[1].name, "bias");
  EXPECT_EQ(parameters[1].shape, Shape({8}));
  EXPECT_EQ(parameters[1].role, Role::bias);
  EXPECT_EQ(parameters[1].initializer, "constant(0.1)");
  EXPECT_EQ(layer.spec().flops(image), 2 * (8 * 9 * 9) * (3 * 3 * 5));
  EXPECT_EQ(conv2d({.filters = 8, .use_bias = false}).spec().parameters(image).size(), 1u);
}

TEST(Conv2D, RefusesWhatCannotBe) {
  EXPECT_USAGE_ERROR(conv2d({}), "conv2d: filters must be at least 1, not 0");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .groups = 0}),
                     "conv2d: groups must be at least 1, not 0");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .groups = 3}),
                     "conv2d: filters must be a multiple of groups, not 4 for 3 groups");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .kernel = 0}),
                     "conv2d: kernel must be at least 1 and at most 16777216, not 0x0");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .activation = "rellu"}),
                     "conv2d: there is no activation 'rellu': did you mean 'relu'?");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .kernel_initializer = "hee_normal"}),
                     "conv2d: there is no initializer 'hee_normal': did you mean 'he_normal'?");
  EXPECT_USAGE_ERROR(conv2d({.filters = 4, .bias_initializer = "zero"}),
                     "conv2d: there is no initializer 'zero': did you mean 'zeros'?");
  EXPECT_USAGE_ERROR(output(conv2d({.filters = 4, .groups = 2}), {{3, 8, 8}}),
                     "has 2 groups, which do not divide the channels of 3x8x8");
  EXPECT_USAGE_ERROR(output(conv2d({.filters = 4}), {{784}}),
                     "takes images of channels x height x width, not 784");
  EXPECT_USAGE_ERROR(output(conv2d({.filters = 4}), {{1, 2, 8}}),
                     "has a window of 3x3 pixels, which does not fit into 2x8");
}

TEST(Pool2D, OutputShapes) {
  const std::vector<Shape> image = {{6, 11, 13}};
  for (const auto make : {max_pool2d, average_pool2d}) {
    EXPECT_EQ(output(make({}), image), Shape({6, 5, 6})) << "the stride is the window's size";
    EXPECT_EQ(output(make({.window = 3, .stride = 1}), image), Shape({6, 9, 11}));
    EXPECT_EQ(output(make({.window = 2, .padding = Padding::same()}), image), Shape({6, 6, 7}));
    EXPECT_EQ(output(make({.window = 3, .stride = 2, .padding = Padding::pixels(1)}), image),
              Shape({6, 6, 7}));
    EXPECT_TRUE(make({}).spec().parameters(image).empty());
    EXPECT_EQ(make({}).spec().flops(image), 0);
  }
}

TEST(Pool2D, RefusesWhatCannotBe) {
  EXPECT_USAGE_ERROR(max_pool2d({.window = 0}), "max_pool2d: window must be at least 1, not 0x0");
  EXPECT_USAGE_ERROR(average_pool2d({.stride = {0, 1}}),
                     "average_pool2d: stride must be at least 1 and at most 16777216, not 0x1");
  EXPECT_USAGE_ERROR(max_pool2d({.window = {2, 3}, .padding = Padding::pixels(2)}),
                     "max_pool2d: padding must be smaller than the window of 2x3");
  EXPECT_USAGE_ERROR(output(max_pool2d({}), {{3, 1, 1}}),
                     "has a window of 2x2 pixels, which does not fit into 1x1");
  EXPECT_USAGE_ERROR(output(average_pool2d({}), {{3, 4}}),
                     "takes images of channels x height x width, not 3x4");
}

TEST(Dense, ShapesParametersAndErrors) {
  const Layer layer = dense({.units = 5});
  const std::vector<Shape> flat = {{12}};
  EXPECT_EQ(output(layer, flat), Shape({5}));
  const auto parameters = layer.spec().parameters(flat);
  ASSERT_EQ(parameters.size(), 2u);
  EXPECT_EQ(parameters[0].shape, Shape({5, 12}));
  EXPECT_EQ(parameters[0].initializer, "glorot_uniform");
  EXPECT_EQ(parameters[0].fan_in, 12);
  EXPECT_EQ(parameters[0].fan_out, 5);
  EXPECT_EQ(parameters[1].shape, Shape({5}));
  EXPECT_EQ(parameters[1].initializer, "zeros");
  EXPECT_EQ(layer.spec().flops(flat), 2 * 5 * 12);
  EXPECT_EQ(dense({.units = 5, .use_bias = false}).spec().parameters(flat).size(), 1u);
  EXPECT_EQ(dense({.units = 5, .activation = "softmax"}).spec().activation(), "softmax");
  EXPECT_USAGE_ERROR(dense({.units = -1}), "dense: units must be at least 1, not -1");
  EXPECT_USAGE_ERROR(output(layer, {{3, 2, 2}}),
                     "takes a flat input, not 3x2x2: put a flatten layer before it");
}

TEST(BatchNorm2D, ParametersAndErrors) {
  const std::vector<Shape> image = {{6, 4, 4}};
  const Layer layer = batch_norm2d();
  EXPECT_EQ(output(layer, image), image[0]);
  const auto parameters = layer.spec().parameters(image);
  ASSERT_EQ(parameters.size(), 4u);
  const char* names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
  const char* initializers[] = {"ones", "zeros", "zeros", "ones"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(parameters[i].name, names[i]);
    EXPECT_EQ(parameters[i].shape, Shape({6}));
    EXPECT_EQ(parameters[i].role, i < 2 ? Role::norm : Role::statistic);
    EXPECT_EQ(parameters[i].initializer, initializers[i]);
  }
  EXPECT_USAGE_ERROR(batch_norm2d({.momentum = 1}),
                     "batch_norm2d: momentum must be at least 0 and below 1, not 1");
  EXPECT_USAGE_ERROR(batch_norm2d({.epsilon = 0}),
                     "batch_norm2d: epsilon must be above 0 and finite, not 0");
  EXPECT_USAGE_ERROR(output(layer, {{6}}), "takes images of channels x height x width, not 6");
}

TEST(Dropout, RateIsAShareBelowOne) {
  EXPECT_NO_THROW(dropout({.rate = 0}));
  EXPECT_USAGE_ERROR(dropout({.rate = 1}), "dropout: rate must be at least 0 and below 1, not 1");
  EXPECT_USAGE_ERROR(dropout({.rate = -0.1}),
                     "dropout: rate must be at least 0 and below 1, not -0.1");
  EXPECT_USAGE_ERROR(dropout({.rate = NAN}),
                     "dropout: rate must be at least 0 and below 1, not nan");
  EXPECT_EQ(output(dropout(), {{3, 2, 2}}), Shape({3, 2, 2}));
}

TEST(SpatialDropout2D, TakesImagesAndARateBelowOne) {
  EXPECT_NO_THROW(spatial_dropout2d({.rate = 0}));
  EXPECT_USAGE_ERROR(spatial_dropout2d({.rate = 1}),
                     "spatial_dropout2d: rate must be at least 0 and below 1, not 1");
  EXPECT_USAGE_ERROR(spatial_dropout2d({.rate = NAN}),
                     "spatial_dropout2d: rate must be at least 0 and below 1, not nan");
  EXPECT_EQ(output(spatial_dropout2d(), {{3, 2, 2}}), Shape({3, 2, 2}));
  EXPECT_USAGE_ERROR(output(spatial_dropout2d(), {{12}}),
                     "takes images of channels x height x width, not 12");
}

TEST(GaussianNoise, TakesAnyShapeAndADeviationAboveZero) {
  EXPECT_USAGE_ERROR(gaussian_noise({}),
                     "gaussian_noise: stddev must be above 0 and finite, not 0");
  EXPECT_USAGE_ERROR(gaussian_noise({.stddev = -1}),
                     "gaussian_noise: stddev must be above 0 and finite, not -1");
  EXPECT_USAGE_ERROR(gaussian_noise({.stddev = INFINITY}),
                     "gaussian_noise: stddev must be above 0 and finite, not inf");
  EXPECT_EQ(output(gaussian_noise({.stddev = 0.1}), {{3, 2, 2}}), Shape({3, 2, 2}));
  EXPECT_EQ(output(gaussian_noise({.stddev = 0.1}), {{12}}), Shape({12}));
}

TEST(ActivityRegularization, TakesAnyShapeAndStrengthsThatAreNotNegative) {
  EXPECT_USAGE_ERROR(activity_regularization({.l2 = -1}),
                     "activity_regularization: l2 must be at least 0 and finite, not -1");
  EXPECT_USAGE_ERROR(activity_regularization({.l1 = NAN}),
                     "activity_regularization: l1 must be at least 0 and finite, not nan");
  const Layer layer = activity_regularization({.l2 = 1e-3});
  EXPECT_EQ(output(layer, {{3, 2, 2}}), Shape({3, 2, 2}));
  EXPECT_EQ(output(layer, {{12}}), Shape({12}));
  EXPECT_TRUE(layer.spec().parameters(std::vector<Shape>{{12}}).empty());
  EXPECT_EQ(layer.spec().penalty(), "l2 0.001");
  EXPECT_EQ(activity_regularization({.l2 = 0.5, .l1 = 2}).spec().penalty(), "l2 0.5, l1 2");
  EXPECT_EQ(activity_regularization({}).spec().penalty(), "");
  EXPECT_EQ(dropout().spec().penalty(), "");
}

TEST(AdaptiveAveragePool2D, GivesOneSizeForImagesOfAnySize) {
  for (const std::int64_t side : {1, 6, 7, 30}) {
    EXPECT_EQ(output(adaptive_average_pool2d({.size = {7, 5}}), {{3, side, 4}}), Shape({3, 7, 5}));
  }
  EXPECT_USAGE_ERROR(adaptive_average_pool2d({.size = {3, 0}}),
                     "adaptive_average_pool2d: size must be at least 1, not 3x0");
  EXPECT_USAGE_ERROR(output(adaptive_average_pool2d({.size = 2}), {{3}}),
                     "takes images of channels x height x width, not 3");
  EXPECT_THROW(output(adaptive_average_pool2d({.size = std::int64_t{1} << 40}), {{3, 4, 5}}),
               UsageError);
}

TEST(Upsample2D, MultipliesHeightAndWidth) {
  EXPECT_EQ(output(upsample2d(), {{3, 4, 5}}), Shape({3, 8, 10}));
  EXPECT_EQ(output(upsample2d({.size = {1, 3}}), {{3, 4, 5}}), Shape({3, 4, 15}));
  EXPECT_USAGE_ERROR(upsample2d({.size = 0}), "upsample2d: size must be at least 1, not 0x0");
  EXPECT_USAGE_ERROR(upsample2d({.interpolation = "cubic"}),
                     "upsample2d: interpolation must be nearest or bilinear, not 'cubic'");
  EXPECT_USAGE_ERROR(output(upsample2d(), {{3}}),
                     "takes images of channels x height x width, not 3");
  EXPECT_THROW(output(upsample2d({.size = std::int64_t{1} << 30}), {{3, 4, 5}}), UsageError);
}

TEST(Normalize, OneMeanAndDeviationPerChannel) {
  const Layer layer = normalize({.mean = {0.5, 0.4}, .std = {0.2, 0.3}});
  EXPECT_EQ(output(layer, {{2, 4, 4}}), Shape({2, 4, 4}));
  EXPECT_TRUE(layer.spec().parameters(std::vector<Shape>{{2, 4, 4}}).empty());
  EXPECT_USAGE_ERROR(output(layer, {{3, 4, 4}}),
                     "has a mean and std for 2 channels, which does not fit 3x4x4");
  EXPECT_USAGE_ERROR(normalize({}),
                     "normalize: mean and std must have one number per channel each, not 0 and 0");
  EXPECT_USAGE_ERROR(normalize({.mean = {0.5}, .std = {1, 2}}),
                     "normalize: mean and std must have one number per channel each, not 1 and 2");
  EXPECT_USAGE_ERROR(normalize({.mean = {0.5}, .std = {0}}),
                     "normalize: std must be above 0 and finite, not 0");
  EXPECT_USAGE_ERROR(normalize({.mean = {INFINITY}, .std = {1}}),
                     "normalize: mean must be finite, not inf");
}

TEST(Shapes, OfTheOtherLayers) {
  EXPECT_EQ(output(flatten(), {{3, 4, 5}}), Shape({60}));
  EXPECT_EQ(output(flatten(), {{60}}), Shape({60}));
  EXPECT_EQ(output(global_average_pool2d(), {{3, 4, 5}}), Shape({3}));
  EXPECT_USAGE_ERROR(output(global_average_pool2d(), {{3}}),
                     "takes images of channels x height x width, not 3");
  EXPECT_EQ(output(activation("gelu"), {{3, 4, 5}}), Shape({3, 4, 5}));
  EXPECT_EQ(activation("gelu").spec().activation(), "gelu");
  EXPECT_USAGE_ERROR(activation("sigmod"),
                     "activation: there is no activation 'sigmod': did you mean 'sigmoid'?");
}

TEST(Shapes, OfSumsAndConcatenations) {
  EXPECT_EQ(output(add(), {{3, 4, 5}, {3, 4, 5}, {3, 4, 5}}), Shape({3, 4, 5}));
  EXPECT_USAGE_ERROR(output(add(), {{3, 4, 5}, {3, 4, 5}, {1, 4, 5}}),
                     "takes inputs of equal shape, not 3x4x5 and 1x4x5");
  EXPECT_EQ(output(concat(), {{3, 4, 5}, {1, 4, 5}, {8, 4, 5}}), Shape({12, 4, 5}));
  EXPECT_EQ(output(concat(), {{3}, {4}}), Shape({7}));
  EXPECT_USAGE_ERROR(output(concat(), {{3, 4, 5}, {3, 4, 6}}),
                     "takes inputs that differ only in their channels, not 3x4x5 and 3x4x6");
  EXPECT_USAGE_ERROR(output(concat(), {{3, 4, 5}, {60}}),
                     "takes inputs that differ only in their channels, not 3x4x5 and 60");
}

// Every layer, with no option at its default.
const std::vector<Layer> set_layers = {
    conv2d({.filters = 8,
            .kernel = {3, 5},
            .stride = {2, 1},
            .dilation = 2,
            .groups = 4,
            .padding = sides,
            .activation = "leaky_relu(0.2)",
            .use_bias = false,
            .kernel_initializer = "orthogonal",
            .bias_initializer = "constant(0.5)"}),
    max_pool2d({.window = {2, 3}, .stride = 1, .padding = Padding::same()}),
    average_pool2d({.window = 3, .stride = {1, 2}, .padding = Padding::pixels(1)}),
    global_average_pool2d(),
    flatten(),
    dense({.units = 3,
           .activation = "tanh",
           .use_bias = false,
           .kernel_initializer = "he_normal",
           .bias_initializer = "ones"}),
    batch_norm2d({.momentum = 0.9, .epsilon = 1e-5}),
    dropout({.rate = 0.25}),
    spatial_dropout2d({.rate = 0.25}),
    gaussian_noise({.stddev = 0.25}),
    activity_regularization({.l2 = 0.25, .l1 = 0.5}),
    add(),
    concat(),
    activation("silu"),
    normalize({.mean = {0.5, 0}, .std = {1, 2}}),
    upsample2d({.size = {2, 3}, .interpolation = "bilinear"}),
    adaptive_average_pool2d({.size = {2, 3}}),
};

TEST(Attributes, OfEveryLayerMakeItAgain) {
  std::vector<Layer> layers = set_layers;
  for (const Padding& padding : {Padding::valid(), Padding::same(), Padding::pixels(2)}) {
    layers.push_back(conv2d({.filters = 8, .padding = padding}));
  }
  for (const Layer& layer : layers) {
    const LayerSpec& spec = layer.spec();
    SCOPED_TRACE(spec.kind());
    EXPECT_EQ(make_layer(spec.kind(), spec.attributes()), layer);
    EXPECT_EQ(make_layer(spec.kind(), spec.settings()), layer);
  }
}

TEST(Attributes, TellOptionsApart) {
  for (const Layer& layer : set_layers) {
    const LayerSpec& spec = layer.spec();
    EXPECT_EQ(spec.settings(), spec.attributes()) << "all are off their defaults";
    const Attributes all = spec.attributes();
    for (const auto& [removed, value] : all.items()) {
      SCOPED_TRACE(fmt::format("{}.{}", spec.kind(), removed));
      Attributes others;
      for (const auto& [name, kept] : all.items()) {
        if (name != removed) others.set(name, kept);
      }
      try {
        EXPECT_NE(make_layer(spec.kind(), others), layer);
      } catch (const UsageError&) {  // it has no defaults: units, mean, ...
      }
    }
  }
  EXPECT_NE(conv2d({.filters = 8, .padding = Padding::pixels(0)}), conv2d({.filters = 8}));
  EXPECT_NE(conv2d({.filters = 8}), conv2d({.filters = 8}).named("stem"));
  EXPECT_NE(max_pool2d(), average_pool2d());
}

TEST(MakeLayer, ReadsShortForms) {
  EXPECT_EQ(make_layer("conv2d", {{"filters", 8}, {"kernel", std::vector<std::int64_t>{3, 5}}}),
            conv2d({.filters = 8, .kernel = {3, 5}}));
  EXPECT_EQ(make_layer("conv2d", {{"filters", 8}, {"padding", 1}}, "stem"),
            conv2d({.filters = 8, .padding = Padding::pixels(1)}).named("stem"));
  EXPECT_EQ(make_layer("normalize", {{"mean", 0}, {"std", 1}}),
            normalize({.mean = {0}, .std = {1}}));
  EXPECT_EQ(conv2d({.filters = 8, .activation = "leaky_relu(0.01)"}),
            conv2d({.filters = 8, .activation = "leaky_relu"}));
}

TEST(MakeLayer, RefusesUnknownKindsKeysAndTypes) {
  EXPECT_USAGE_ERROR(make_layer("maxpool2d", {}),
                     "there is no layer 'maxpool2d': did you mean 'max_pool2d'?");
  EXPECT_USAGE_ERROR(make_layer("conv2d", {{"kernel_size", 3}}),
                     "conv2d has no key 'kernel_size': did you mean 'kernel'?");
  EXPECT_USAGE_ERROR(make_layer("flatten", {{"order", "nchw"}}),
                     "flatten has no key 'order': there are none");
  EXPECT_USAGE_ERROR(make_layer("conv2d", {{"filters", "many"}}),
                     "conv2d: filters must be a whole number, not 'many'");
  EXPECT_USAGE_ERROR(
      make_layer("max_pool2d", {{"window", std::vector<std::int64_t>{1, 2, 3}}}),
      "max_pool2d: window must be one number or two, [height, width], not [1, 2, 3]");
  EXPECT_USAGE_ERROR(make_layer("max_pool2d", {{"padding", "sane"}}),
                     "max_pool2d: there is no padding 'sane': did you mean 'same'?");
  EXPECT_USAGE_ERROR(make_layer("max_pool2d", {{"padding", true}}),
                     "max_pool2d: padding must be 'valid', 'same', a number of pixels or [top, "
                     "bottom, left, right], not true");
}

class Doubling final : public LayerSpec {
 public:
  std::string_view kind() const override { return "doubling"; }
  Attributes attributes() const override { return {}; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    return {2 * inputs[0].elements()};
  }
};

TEST(RegisterLayer, MakesAnApplicationsKindKnownOnce) {
  const LayerFactory factory = [](const Attributes&) -> std::shared_ptr<const LayerSpec> {
    return std::make_shared<Doubling>();
  };
  register_layer("doubling", factory);
  EXPECT_EQ(output(make_layer("doubling", {}), {{4}}), Shape({8}));
  EXPECT_USAGE_ERROR(register_layer("doubling", factory), "there is a layer 'doubling' already");
  EXPECT_USAGE_ERROR(register_layer("conv2d", factory), "there is a layer 'conv2d' already");
}

TEST(Specs, ShowTheirOptionsToTheEngine) {
  const Layer layer = conv2d({.filters = 8, .kernel = 5, .padding = Padding::same()});
  const auto* spec = dynamic_cast<const network::Conv2DSpec*>(&layer.spec());
  ASSERT_NE(spec, nullptr);
  EXPECT_EQ(spec->options().kernel, Pair(5));
  EXPECT_EQ(network::place(spec->window(), 8, 8), (network::Placement{8, 8, 2, 2, 2, 2}));
}

}  // namespace
}  // namespace ridgeline
