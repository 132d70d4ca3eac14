// The traits of an application's layers say what other rooms may do with them.
#include <gmock/gmock.h>

#include "ridgeline/layers.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/shrink.hpp"

namespace ridgeline {
namespace {

using testing::ElementsAre;

/// Multiplies by 3.
class Triple : public LayerSpec {
 public:
  std::string_view kind() const override { return "triple"; }
  Attributes attributes() const override { return {}; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
};

/// The same, with traits.
class KnownTriple : public Triple {
 public:
  LayerTraits traits() const override {
    return {.channels = ChannelFlow::passes, .keeps_scale = true, .keeps_shift = true};
  }
  std::optional<double> constant(double sum, std::int64_t, const ParameterValue&) const override {
    return 3 * sum;
  }
};

/// Reverses the order of the channels.
class Reversed : public KnownTriple {
 public:
  std::vector<InputChannel> sources(std::span<const Shape> inputs,
                                    std::int64_t channel) const override {
    return {{0, inputs[0][0] - 1 - channel}};
  }
};

/// A dense layer with another name, without a bias.
class OwnDense : public LayerSpec {
 public:
  explicit OwnDense(std::int64_t units) : units_(units) {}
  std::string_view kind() const override { return "own_dense"; }
  Attributes attributes() const override { return {{"units", units_}}; }
  Shape output_shape(std::span<const Shape>) const override { return {units_}; }
  std::vector<ParameterSpec> parameters(std::span<const Shape> inputs) const override {
    return {{"kernel", {units_, inputs[0][0]}, Role::kernel, "zeros"}};
  }
  LayerTraits traits() const override { return {.channels = ChannelFlow::mixes}; }
  std::shared_ptr<const LayerSpec> with_outputs(std::int64_t outputs, bool) const override {
    return std::make_shared<const OwnDense>(outputs);
  }

 private:
  std::int64_t units_;
};

/// Two units (the first is zero with a bias of 2), the layer, and two units.
ShrunkNetwork shrunk_around(const Layer& layer) {
  const Network network{dense({.units = 2, .activation = "relu"}), layer, dense({.units = 2})};
  return drop_zero_filters(network, {2},
                           {{"dense_1.kernel", {0, 0, 1, 1}},
                            {"dense_1.bias", {2, 0}},
                            {"dense_2.kernel", {10, 1, 100, 1}},
                            {"dense_2.bias", {0, 0.5f}}});
}

TEST(Traits, NothingIsAssumedOfALayerWithoutAny) {
  const ShrunkNetwork small = shrunk_around(Layer(std::make_shared<Triple>()));
  EXPECT_THAT(small.weights.at("dense_1.bias"), ElementsAre(2, 0));
  ASSERT_EQ(small.staying.size(), 1u);
  EXPECT_EQ(small.staying[0].why, "triple_1 needs all that it reads");
}

TEST(Traits, ConstantsGoThroughALayerThatPassesChannels) {
  const ShrunkNetwork small = shrunk_around(Layer(std::make_shared<KnownTriple>()));
  EXPECT_THAT(small.weights.at("dense_1.bias"), ElementsAre(0));
  EXPECT_THAT(small.weights.at("dense_2.kernel"), ElementsAre(1, 1));
  EXPECT_THAT(small.weights.at("dense_2.bias"), ElementsAre(60, 600.5f));
}

TEST(Traits, ChannelsComeFromWhereTheLayerSays) {
  const ShrunkNetwork small = shrunk_around(Layer(std::make_shared<Reversed>()));
  EXPECT_THAT(small.weights.at("dense_2.kernel"), ElementsAre(10, 100));
  EXPECT_THAT(small.weights.at("dense_2.bias"), ElementsAre(6, 6.5f));
}

TEST(Traits, ALayerThatMixesChannelsLosesItsZeroRows) {
  const Network network{Layer(std::make_shared<OwnDense>(3)), dense({.units = 1})};
  const ShrunkNetwork small = drop_zero_filters(network, {2},
                                                {{"own_dense_1.kernel", {1, 2, 0, 0, 3, 4}},
                                                 {"dense_1.kernel", {5, 6, 7}},
                                                 {"dense_1.bias", {0}}});
  EXPECT_THAT(small.weights.at("own_dense_1.kernel"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(small.weights.at("dense_1.kernel"), ElementsAre(5, 7));
}

TEST(Traits, FollowTheActivationByDefault) {
  class Named : public Triple {
   public:
    explicit Named(std::string name) : name_(std::move(name)) {}
    std::string activation() const override { return name_; }

   private:
    std::string name_;
  };
  EXPECT_TRUE(Named("relu").traits().rectifies);
  EXPECT_FALSE(Named("relu").traits().saturates);
  EXPECT_TRUE(Named("tanh").traits().saturates);
  EXPECT_FALSE(Named("linear").traits().rectifies);
  EXPECT_EQ(Named("linear").traits().channels, ChannelFlow::opaque);
}

}  // namespace
}  // namespace ridgeline
