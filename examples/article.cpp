// The article's network, trained and evaluated.
//   article [SOURCE [IMAGES [EPOCHS]]]    cifar10 or fashion-mnist; the first IMAGES; 10 epochs

#include <cstdio>
#include <iostream>
#include <ridgeline/ridgeline.hpp>
#include <string>

namespace rl = ridgeline;

int main(int argc, char** argv) try {
  const std::string source = argc > 1 ? argv[1] : "cifar10";
  const std::size_t images = argc > 2 ? std::stoul(argv[2]) : 60000;
  const int epochs = argc > 3 ? std::stoi(argv[3]) : 10;

  auto [train, test] = source == "cifar10" ? rl::cifar10() : rl::load(source);
  train = train.take(std::min(images, train.size()));
  test = test.take(std::min(images, test.size()));

  rl::Network network{
      rl::conv2d({.filters = 32, .kernel = 3, .activation = "relu"}),
      rl::max_pool2d({.window = 2}),
      rl::conv2d({.filters = 64, .kernel = 3, .activation = "relu"}),
      rl::max_pool2d({.window = 2}),
      rl::flatten(),
      rl::dense({.units = 128, .activation = "relu"}),
      rl::dense({.units = 10, .activation = "softmax"}),
  };
  rl::Model model(network, {.input = train.image_shape(),
                            .loss = rl::cross_entropy(),
                            .optimizer = rl::adam(),
                            .regularize = rl::l2(1e-4)});
  std::cout << model.summary() << '\n';

  rl::History history = model.fit(train, {.epochs = epochs, .batch = 32, .validation = 0.1});
  for (const rl::Epoch& epoch : history.epochs) {
    std::printf("epoch %2d  train: %.4f + %.4f penalty, accuracy %.4f   validation: %.4f, %.4f\n",
                epoch.epoch, epoch.train.data_loss, epoch.train.penalty,
                epoch.train.value("accuracy"), epoch.validation->data_loss,
                epoch.validation->value("accuracy"));
  }

  rl::Metrics metrics = model.evaluate(test);
  std::printf("test: data loss %.4f, accuracy %.4f\n", metrics.data_loss,
              metrics.value("accuracy"));
  return 0;
} catch (const rl::Error& error) {
  std::cerr << "article: " << error.what() << '\n';
  return 1;
}
