// An application's task: a ragged target that follows its image, and a loss that reads two
// outputs, one of them spatial. The loop, the loader and the engine are the library's.

#include <gtest/gtest.h>

#include "data/wrapper.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/model.hpp"
#include "tensor/random.hpp"

namespace ridgeline {
namespace {

constexpr std::int64_t side = 8;

/// The centres of boxes as places of a map, any number for each image, and their count.
class PointCollator final : public Collator {
 public:
  void collate(std::span<const Target> targets, const TargetSchema&,
               TensorBatch& batch) const override {
    auto& counts = batch.add_floats("count");
    for (const Target& target : targets) {
      counts.push_back(static_cast<float>(std::get<Boxes>(target).boxes.size()));
    }
    auto& places = batch.add_integers("places");
    std::vector<std::int64_t> offsets{0};
    for (const Target& target : targets) {
      for (const Boxes::Box& box : std::get<Boxes>(target).boxes) {
        const auto x = static_cast<std::int32_t>((box.left + box.right) / 2);
        const auto y = static_cast<std::int32_t>((box.top + box.bottom) / 2);
        places.push_back(y * static_cast<std::int32_t>(side) + x);
      }
      offsets.push_back(static_cast<std::int64_t>(places.size()));
    }
    batch.set_offsets(std::move(offsets));
  }
  bool follows_image() const override { return true; }
  void follow(const Transform& transform, Target& target) const override {
    for (Boxes::Box& box : std::get<Boxes>(target).boxes) {
      const Point a = transform({box.left, box.top}), b = transform({box.right, box.bottom});
      box.left = static_cast<float>(std::min(a.x, b.x));
      box.right = static_cast<float>(std::max(a.x, b.x));
      box.top = static_cast<float>(std::min(a.y, b.y));
      box.bottom = static_cast<float>(std::max(a.y, b.y));
    }
  }
};

class PointTask final : public Task {
 public:
  std::string_view name() const override { return "points"; }
  const Collator& collator() const override { return collator_; }
  std::string_view activation() const override { return "linear"; }
  std::string_view default_loss() const override { return "points"; }
  std::string_view target() const override { return "places"; }
  std::vector<std::string> training_metrics() const override { return {}; }
  void check(std::string_view, const TargetSchema&, const Loss&,
             std::span<const OutputSpec> outputs) const override {
    if (outputs.size() != 2) throw UsageError("points needs a map and a count");
  }
  ImagePrediction predict(const Tensors&, std::span<const std::string>, int) const override {
    return {};
  }

 private:
  PointCollator collator_;
};

/// Squared error of the map, 1 at each point and 0 elsewhere, and of the count.
class PointLoss final : public Loss {
 public:
  std::string_view kind() const override { return "points"; }
  Attributes attributes() const override { return {}; }
  Head head() const override { return Head::output; }
  void check(std::span<const OutputSpec>) const override {}
  void check_targets(const Targets&, std::span<const OutputSpec>, std::int64_t) const override {}
  double evaluate(const Tensors& outputs, const Targets& targets, double scale,
                  GradientSpans gradients) const override {
    const TensorView &map = outputs.at("map"), &count = outputs.at("count");
    double sum = 0;
    for (std::int64_t i = 0; i < map.images(); ++i) {
      std::vector<double> wanted(static_cast<std::size_t>(map.row_size()));
      for (const auto p : targets.at("places").values<std::int32_t>(i)) {
        wanted[static_cast<std::size_t>(p)] = 1;
      }
      const auto square = [&](double error, std::size_t output, std::size_t at) {
        sum += error * error;
        if (!gradients.empty()) gradients[output][at] = static_cast<float>(2 * scale * error);
      };
      const auto first = static_cast<std::size_t>(i * map.row_size());
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        square(map.values<float>()[first + k] - wanted[k], 0, first + k);
      }
      const auto at = static_cast<std::size_t>(i);
      const double error = count.values<float>()[at] - targets.at("count").values<float>()[at];
      square(error, 1, at);
    }
    return sum;
  }
};

/// White points on black, and the boxes around them.
class Points final : public data::WrappedSource {
 public:
  Points(std::shared_ptr<const SampleSource> images, std::vector<Boxes> boxes)
      : WrappedSource(std::move(images)), boxes_(std::move(boxes)) {}
  const TargetSchema& schema() const override { return schema_; }
  Target target(std::size_t i) const override { return boxes_[i]; }

 private:
  TargetSchema schema_{"points", {"point"}};
  std::vector<Boxes> boxes_;
};

Dataset points(int images) {
  Random random(3, Purpose::test);
  std::vector<std::uint8_t> pixels;
  std::vector<Boxes> boxes;
  for (int i = 0; i < images; ++i) {
    std::vector<std::uint8_t> image(side * side);
    Boxes& of_image = boxes.emplace_back();
    for (std::uint64_t k = random.below(4); k > 0; --k) {
      const auto place = random.below(side * side);
      if (image[place] == 255) continue;
      image[place] = 255;
      const auto x = static_cast<float>(place % side), y = static_cast<float>(place / side);
      of_image.boxes.push_back({x, y, x + 1, y + 1});
    }
    pixels.insert(pixels.end(), image.begin(), image.end());
  }
  return Dataset(std::make_shared<const Points>(
      memory_images(pixels, {1, side, side}, ImageLayout::nhwc), std::move(boxes)));
}

// The map can be learnt only if the targets are flipped with the images.
TEST(OwnTask, TrainsWithTargetsThatFollowTheirImages) {
  register_task(std::make_unique<const PointTask>());
  const Output image = input();
  const Output map = conv2d({.filters = 1, .kernel = 1}).named("map")(image);
  const Output count = dense({.units = 1}).named("count")(flatten()(image));
  Model model(Network(image, {map, count}), {.input = {1, side, side},
                                             .loss = std::make_shared<const PointLoss>(),
                                             .optimizer = adam({.learning_rate = 0.02}),
                                             .threads = 2,
                                             .shards = 2});
  const Dataset data = points(240);
  const History history = model.fit(data, {.epochs = 30,
                                           .batch = 16,
                                           .validation = 0.2,
                                           .augment = {"horizontal_flip", "vertical_flip"}});
  EXPECT_GT(history.epochs.front().train.data_loss, 0.5);
  EXPECT_LT(history.epochs.back().train.data_loss, 0.02);
  EXPECT_LT(history.epochs.back().validation->data_loss, 0.02);
  EXPECT_TRUE(history.epochs.back().validation->values.empty());
  EXPECT_EQ(model.options().task, "points");
  EXPECT_LT(model.evaluate(data).data_loss, 0.02);
}

TEST(OwnTask, RefusesChangesThatDoNotSayWherePointsGo) {
  const Output image = input();
  Model model(Network(image, {conv2d({.filters = 1, .kernel = 1}).named("map")(image),
                              dense({.units = 1}).named("count")(flatten()(image))}),
              {.input = {1, side, side}, .loss = std::make_shared<const PointLoss>()});
  EXPECT_THROW(model.fit(points(20), {.batch = 4, .augment = {"flip"}}), UsageError);
  EXPECT_THROW(model.fit(points(20), {.batch = 4, .augment = {"mixup:1"}}), UsageError);
}

}  // namespace
}  // namespace ridgeline
