// How validation and test images are measured.
#include "train/support.hpp"

namespace ridgeline {
namespace {

using test::pictures;
using test::small_network;
using test::small_options;

TEST(Measure, LabelsAreSmoothedInTrainingAlone) {
  const auto first_epoch = [](double smoothing) {
    ModelOptions options = small_options();
    options.loss = cross_entropy({.label_smoothing = smoothing, .class_weights = {1, 2, 3}});
    options.optimizer = sgd({.learning_rate = 0});  // the same network for both
    Model model(small_network(), options);
    const History history =
        model.fit(pictures(60), {.epochs = 1, .batch = 10, .validation_data = pictures(30, 1)});
    test::expect_same(*history.epochs[0].validation, model.evaluate(pictures(30, 1)));
    return history.epochs[0];
  };
  const Epoch plain = first_epoch(0), smoothed = first_epoch(0.3);
  test::expect_same(*plain.validation, *smoothed.validation);
  EXPECT_EQ(plain.validation->data_loss_error, smoothed.validation->data_loss_error);
  EXPECT_NE(plain.train.data_loss, smoothed.train.data_loss);
}

}  // namespace
}  // namespace ridgeline
