// No false alarm on the article's own training.
#include "diagnose/support.hpp"

namespace ridgeline {
namespace {

TEST(FashionMnist, TheArticlesNetworkTrainsHealthily) {
  Dataset train;
  try {
    train = fashion_mnist().train.take(8000);
  } catch (const ResourceError& error) {
    GTEST_SKIP() << error.what();
  }
  Model model(preset("article-cnn", 10), {.input = train.image_shape(), .regularize = l2(2e-3)});
  const History history = model.fit(train, {.epochs = 3, .validation = 0.1});
  EXPECT_GT(history.epochs.back().validation->value("accuracy"), 0.8);
  EXPECT_TRUE(history.verdicts.empty()) << test::kinds(history);
}

}  // namespace
}  // namespace ridgeline
