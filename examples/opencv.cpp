// Images from OpenCV: a cv::Mat needs only one line for training and for predicting.

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <opencv2/core.hpp>
#include <ridgeline/ridgeline.hpp>
#include <span>
#include <vector>

namespace rl = ridgeline;

namespace {

// Noise with a square that is blue for label 0 and red for label 1: OpenCV's channels are B, G, R,
// and the network sees them in that order, in training as in predicting.
cv::Mat square(int label, int seed) {
  cv::Mat image(16, 16, CV_8UC3);
  cv::theRNG().state = static_cast<std::uint64_t>(seed) + 1;
  cv::randu(image, cv::Scalar::all(0), cv::Scalar::all(90));
  const cv::Rect where(seed % 9, seed / 9 % 9, 7, 7);
  image(where).setTo(label == 0 ? cv::Scalar(220, 40, 40) : cv::Scalar(40, 40, 220));
  return image;
}

// The bytes of a continuous image, without a copy.
std::span<const std::uint8_t> bytes(const cv::Mat& image) {
  CV_Assert(image.isContinuous() && image.depth() == CV_8U);
  return {image.data, image.total() * image.elemSize()};
}

}  // namespace

int main() try {
  std::vector<cv::Mat> images;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 400; ++i) {
    labels.push_back(i % 2);
    images.push_back(square(i % 2, i));
  }
  cv::Mat all;
  cv::vconcat(images, all);  // one below the other, so that the images' bytes are contiguous
  const rl::Dataset data =
      rl::from_memory(bytes(all), {3, 16, 16}, rl::ImageLayout::nhwc, labels, {"blue", "red"});

  rl::Model model(
      rl::Network{rl::conv2d({.filters = 8, .kernel = 3, .activation = "relu"}), rl::max_pool2d(),
                  rl::flatten(), rl::dense({.units = 2, .activation = "softmax"})},
      {.input = data.image_shape(), .class_names = data.names()});
  model.fit(data, {.epochs = 3, .batch = 16});
  const double accuracy = model.evaluate(data).value("accuracy");
  std::printf("accuracy %.3f\n", accuracy);

  const std::vector<float> probabilities = model.predict(bytes(square(1, 1000)));
  const rl::Prediction best = model.top(probabilities, 1).front().front();
  std::printf("a red square is taken for %s (%.3f)\n", best.name.c_str(), best.probability);
  return accuracy > 0.9 && best.name == "red" ? 0 : 1;
} catch (const rl::Error& error) {
  std::cerr << "opencv: " << error.what() << '\n';
  return 1;
}
