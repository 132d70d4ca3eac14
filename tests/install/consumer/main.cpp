// A program of another project. It can use only what was installed.
#include <cstdio>
#include <ridgeline/ridgeline.hpp>
#include <vector>

namespace rl = ridgeline;

int main() {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 64; ++i) {
    pixels.insert(pixels.end(), 16, i % 2 == 0 ? 0.2f : 0.8f);
    labels.push_back(i % 2);
  }
  const rl::Dataset data = rl::from_memory(pixels, {1, 4, 4}, rl::ImageLayout::nchw, labels);
  rl::Model model(rl::Network{rl::conv2d({.filters = 4, .kernel = 3, .activation = "relu"}),
                              rl::flatten(), rl::dense({.units = 2, .activation = "softmax"})},
                  {.input = {1, 4, 4}, .optimizer = rl::adam({.learning_rate = 0.05})});
  model.fit(data, {.epochs = 10, .batch = 8});
  const double accuracy = model.evaluate(data).value("accuracy");
  std::printf("ridgeline %s: accuracy %g\n", RIDGELINE_VERSION, accuracy);
  return rl::version() == RIDGELINE_VERSION && accuracy == 1 ? 0 : 1;
}
