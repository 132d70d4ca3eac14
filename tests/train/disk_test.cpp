#include "train/disk.hpp"

#include "train/support.hpp"

namespace ridgeline::train {
namespace {

namespace fs = std::filesystem;

TEST(Disk, ARunIsAboutAsLargeAsSaidBefore) {
  const Network network{flatten(), dense({.units = 3000, .activation = "relu"}),
                        dense({.units = test::classes, .activation = "softmax"})};
  const FitOptions plain{.epochs = 1, .batch = 10, .validation = 0.2};
  FitOptions averaged = plain;
  averaged.average = "ema";
  OptimizerSetting ahead = adam();
  ahead.lookahead = {.interval = 2};
  for (const auto& [optimizer, fit] :
       {std::pair{sgd({}), plain}, std::pair{adam(), averaged}, std::pair{ahead, plain}}) {
    const test::Folder folder;
    ModelOptions options = test::small_options();
    options.optimizer = optimizer;
    Model model(network, options);
    FitOptions with_run = fit;
    with_run.run = folder.path() / "run";
    model.fit(test::pictures(60), with_run);
    const RunSize size = run_size(model.layout(), model.options(), fit);
    const auto near = [&](const char* file, std::uintmax_t said) {
      const auto there = static_cast<double>(fs::file_size(with_run.run / file));
      EXPECT_NEAR(static_cast<double>(said) / there, 1, 0.1) << file << " " << there;
    };
    near("model.safetensors", size.model);
    near("checkpoint.safetensors", size.checkpoint);
    remove_checkpoint(with_run.run);
    EXPECT_FALSE(fs::exists(with_run.run / "checkpoint.safetensors"));
    EXPECT_NO_THROW(remove_checkpoint(with_run.run));
  }
}

}  // namespace
}  // namespace ridgeline::train
