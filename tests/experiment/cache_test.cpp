// data.cache: all trainings of a selection share the images, and the choice changes no result.
#include <gmock/gmock.h>

#include <atomic>

#include "data/cached_photos.hpp"
#include "experiment/selection.hpp"
#include "experiment/support.hpp"
#include "experiment/train.hpp"

namespace ridgeline::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

struct Cache : testing::Test {
  Cache() {
    // The class folders of the photographs. Counts the decodes.
    register_source({.name = "own_counted",
                     .title = "Counted photographs",
                     .folders = {},
                     .markers = {"."},
                     .how_to_get = "",
                     .open = [this](const std::filesystem::path&) {
                       return TrainTest{Dataset(photos.source), {}};
                     }});
  }
  Experiment with(const std::string& keys) {
    return parsed(
        "[data]\nsource = \"own_counted\"\npath = \".\"\nsize = 16\n"
        "augment = [\"resized_crop\", \"horizontal_flip\"]\n" +
        keys +
        "\n[model]\nlayers = [{ flatten = {} }, "
        "{ dense = { units = 2, activation = \"softmax\" } }]\n"
        "[train]\nepochs = 3\nbatch = 4\nthreads = 1\nshards = 1\nrun = \"" +
        (folder / "run").string() +
        "\"\n[select]\nmethod = \"grid\"\nfolds = 3\njobs = 1\nmetric = \"val_data_loss\"\nstudy = "
        "\"" +
        (folder / "study").string() + "\"\nover = { \"regularize.l2\" = [1e-4, 1e-2] }\n");
  }
  std::string on_disk() {
    return "cache = \"disk\"\ncache_path = \"" + packs.path().string() + "\"";
  }

  Selection select(Experiment experiment) {
    std::filesystem::remove_all(folder / "study");
    const Images images = load_images(experiment);
    settle(experiment, images);
    decodes_of_first = -1;
    Listener listener;
    listener.on_note = [this](const std::string& sentence) { notes.push_back(sentence); };
    listener.on_progress = [this](const SelectProgress& progress) {
      const bool first = progress.epoch != nullptr && progress.epoch->epoch == 3 &&
                         progress.fold == 1 && decodes_of_first < 0;
      if (first) decodes_of_first = photos.source->decodes;
    };
    photos.source->decodes = 0;
    const std::atomic<bool> stop = false;
    return experiment::select(experiment, images, listener, stop);
  }
  static std::vector<double> scores(const Selection& selection) {
    std::vector<double> all;
    for (const Trial& trial : selection.trials) all.push_back(trial.score);
    if (selection.refit) all.push_back(selection.refit->best().train.data_loss);
    return all;
  }

  test::Photos photos{2};
  test::Folder folder, packs;
  std::vector<std::string> notes;
  int decodes_of_first = -1;
};

TEST_F(Cache, TheSecondTrainingOfASelectionDecodesNothing) {
  const Selection without = select(with("cache = \"none\""));
  EXPECT_GT(decodes_of_first, 0);
  EXPECT_GT(photos.source->decodes, 8 * decodes_of_first) << "each training decodes";
  EXPECT_THAT(notes, IsEmpty());

  const Selection memory = select(with(""));
  EXPECT_GT(decodes_of_first, 0);
  EXPECT_EQ(photos.source->decodes, decodes_of_first);
  EXPECT_EQ(scores(memory), scores(without));
  EXPECT_THAT(notes, IsEmpty());

  const Selection disk = select(with(on_disk()));
  EXPECT_GT(decodes_of_first, 0);
  EXPECT_EQ(photos.source->decodes, decodes_of_first);
  EXPECT_EQ(scores(disk), scores(without));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("packing 18 images: about")));

  // A later selection finds the pack.
  notes.clear();
  const Selection again = select(with(on_disk()));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("18 images are read from the pack")));
  EXPECT_EQ(photos.source->decodes, 0);
  EXPECT_EQ(scores(again), scores(without));
}

TEST_F(Cache, AStudyGoesOnWithAnotherCache) {
  const Selection first = select(with("cache = \"none\""));
  Experiment other = with(on_disk() + "\ncache_limit = 0.5");
  const Images images = load_images(other);
  settle(other, images);
  const std::atomic<bool> stop = false;
  const Selection second = experiment::select(other, images, {}, stop);
  EXPECT_EQ(scores(second), scores(first));
}

TEST_F(Cache, TrainingKeepsTrainingAndValidationImages) {
  const auto train_with = [&](const std::string& keys) {
    std::filesystem::remove_all(folder / "run");
    Experiment experiment = with(keys);
    const Images images = load_images(experiment);
    settle(experiment, images);
    Model model(build_network(experiment, images.train.schema()),
                model_options(experiment, images.train));
    FitOptions options = fit_options(experiment, images);
    options.callbacks.on_note = [this](const std::string& text) { notes.push_back(text); };
    options.validation = 0;
    options.validation_data = images.train.take(5);
    photos.source->decodes = 0;
    return train(model, images.train, options, experiment, [](const auto&) {});
  };
  const History without = train_with("cache = \"none\"");
  const int all = photos.source->decodes;
  EXPECT_GE(all, 3 * (18 + 5));
  for (const std::string& keys : {std::string(), on_disk()}) {
    const History with_cache = train_with(keys);
    EXPECT_LT(photos.source->decodes, all);
    for (std::size_t e = 0; e < 3; ++e) {
      EXPECT_EQ(with_cache.epochs[e].train.data_loss, without.epochs[e].train.data_loss);
      EXPECT_EQ(with_cache.epochs[e].validation->data_loss,
                without.epochs[e].validation->data_loss);
    }
  }
  EXPECT_THAT(notes, ElementsAre(HasSubstr("packing 5 images: "), HasSubstr("packing 18 images")));
  notes.clear();
  train_with(on_disk());
  EXPECT_EQ(photos.source->decodes, 0) << "a later run finds the packs";
  EXPECT_THAT(notes, ElementsAre(HasSubstr("5 images are read from the pack"),
                                 HasSubstr("18 images are read from the pack")));

  std::filesystem::remove_all(packs.path());
  train_with(on_disk() + "\ncache_limit = 1e-6");
  EXPECT_THAT(notes, testing::Contains(HasSubstr("no cache on disk: 18 images need about")));
}

// A gradient of all images has no use for accumulated batches.
TEST_F(Cache, SettingsAreCheckedBeforeAnImageIsDecoded) {
  Experiment experiment = with(on_disk());
  experiment.optimizer.kind = "gd";
  experiment.optimizer.options = make_optimizer("gd")->attributes();
  experiment.train.accumulate = 2;
  const Images images = load_images(experiment);
  settle(experiment, images);
  photos.source->decodes = 0;
  Model model(build_network(experiment, images.train.schema()),
              model_options(experiment, images.train));
  FitOptions options = fit_options(experiment, images);
  options.callbacks.on_note = [this](const std::string& text) { notes.push_back(text); };
  const auto train_it = [&] {
    train(model, images.train, options, experiment, [](const auto&) {});
  };
  EXPECT_THAT(train_it, ThrowsMessage<UsageError>(HasSubstr("train.accumulate is 2, but gd")));
  EXPECT_THAT([&] { select(experiment); },
              ThrowsMessage<UsageError>(HasSubstr("train.accumulate is 2, but gd")));

  experiment.train.accumulate = 1;
  options = fit_options(experiment, images);
  options.callbacks.on_note = [this](const std::string& text) { notes.push_back(text); };
  EXPECT_THAT(
      [&] {
        train(model, images.train, options, experiment,
              [](const auto&) { throw UsageError("it is taken"); });
      },
      ThrowsMessage<UsageError>(HasSubstr("it is taken")));
  EXPECT_EQ(photos.source->decodes, 0);
  EXPECT_THAT(notes, IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(packs.path()));
}

TEST(CacheKeys, AreRefusedWhereTheyAreWrong) {
  EXPECT_THAT(refusal("[data]\ncache = \"disc\"\n"),
              HasSubstr("data.cache must be \"none\", \"memory\" or \"disk\""));
  EXPECT_THAT(refusal("[data]\ncache_limit = -1\n"),
              HasSubstr("data.cache_limit must be at least 0"));
  EXPECT_EQ(refusal("[data]\ncache = \"none\"\ncache_limit = 2\n"),
            "experiment.toml:3: data.cache_limit has no effect without data.cache = \"memory\" or "
            "\"disk\": set that, or leave this out");
  EXPECT_EQ(refusal("[data]\ncache_path = \"packs\"\n"),
            "experiment.toml:2: data.cache_path has no effect without data.cache = \"disk\": set "
            "that, or leave this out");
  EXPECT_EQ(parsed("[data]\ncache_limit = 1.5\n").data.cache_limit, 1.5);
}

}  // namespace
}  // namespace ridgeline::experiment
