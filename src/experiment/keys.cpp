#include "experiment/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>

#include "experiment/checks.hpp"
#include "experiment/codec.hpp"
#include "experiment/kinds.hpp"
#include "experiment/line_keys.hpp"
#include "experiment/own_penalties.hpp"
#include "experiment/search_space.hpp"
#include "experiment/size_key.hpp"
#include "options/kind_registry.hpp"
#include "ridgeline/attributes.hpp"
#include "ridgeline/dataset.hpp"
#include "train/compute_fields.hpp"

namespace ridgeline::experiment {
namespace {

template <typename T>
constexpr bool is_number =
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> || std::is_same_v<T, Schedule>;

Value from_number(std::int64_t, double number) {
  return encode(static_cast<std::int64_t>(std::llround(number)));
}
Value from_number(double, double number) {
  return encode(number);
}
Value from_number(Schedule schedule, double number) {
  schedule.value = number;
  return encode(schedule);
}

/// A key of the field that `at` finds in an experiment.
template <typename At>
Key row_at(std::string name, At at, std::string meaning, Check check = {}) {
  using Field = std::remove_cvref_t<decltype(at(std::declval<Experiment&>()))>;
  Key key;
  key.name = name;
  key.meaning = std::move(meaning);
  key.read = [=](Experiment& experiment, const Value& value) {
    decode(value, name, at(experiment));
    if (check) check(value, name);
  };
  key.write = [=](const Experiment& experiment) { return encode(at(experiment)); };
  key.whole = std::is_same_v<Field, std::int64_t>;
  if constexpr (is_number<Field>) {
    key.set = [read = key.read, at](Experiment& experiment, double number) {
      read(experiment, from_number(at(experiment), number));
    };
  }
  return key;
}

template <typename Section, typename Field>
Key row(std::string name, Section Experiment::*section, Field Section::*field, std::string meaning,
        Check check = {}) {
  return row_at(
      std::move(name), [=](auto& experiment) -> auto& { return experiment.*section.*field; },
      std::move(meaning), std::move(check));
}

/// [train] also has the fields of ComputeOptions.
std::vector<Key> compute_rows() {
  std::vector<Key> rows;
  train::for_each_compute_field([&](const auto& field) {
    rows.push_back(row_at(
        fmt::format("train.{}", field.name),
        [member = field.member](auto& e) -> auto& { return e.train.compute.*member; },
        std::string(field.meaning)));
  });
  return rows;
}

void check_source(const Value& value, std::string_view key) {
  one_of(source_names(), {"voc", "coco", "masks"})(value, key);
}

void check_loss(const Value& value, std::string_view key) {
  const std::vector<Kind> known = loss_kinds();
  const auto& name = std::get<std::string>(value.data);
  if (std::ranges::find(known, name, &Kind::name) != known.end()) return;
  not_yet({"dice"}, "\"cross-entropy\"")(value, key);
}

void check_first_epoch(const Value& value, std::string_view key) {
  const auto* real = value.get<double>();
  const double number = real ? *real : static_cast<double>(std::get<std::int64_t>(value.data));
  if (number >= 0 && (number < 1 || std::rint(number) == number)) return;
  fail(value, key, "a fraction of the epochs below 1, or the number of an epoch");
}

void check_preset(const Value& value, std::string_view key) {
  if (!std::get<std::string>(value.data).empty()) one_of(preset_names())(value, key);
}

void not_empty(const Value& value, std::string_view key) {
  if (std::get<std::string>(value.data).empty()) fail(value, key, "the name of a folder");
}

std::vector<Key> make_keys() {
  using E = Experiment;
  constexpr auto data = &E::data;
  constexpr auto model = &E::model;
  constexpr auto loss = &E::loss;
  constexpr auto regularize = &E::regularize;
  constexpr auto optimizer = &E::optimizer;
  constexpr auto train = &E::train;
  constexpr auto select = &E::select;
  return {
      row("data.source", data, &DataSection::source, names_of(source_kinds()), check_source),
      row("data.path", data, &DataSection::path,
          "the folder of the images; empty: the usual places are searched"),
      row("data.validation", data, &DataSection::validation,
          "a fraction of the training images (stratified, by seed), a folder, \"val\" or \"test\"; "
          "if absent, the source's own validation part",
          fraction())
          .needing(not_on(Command::select,
                          "the folds take its place; select.folds = 1 holds it out",
                          [](const E& e) { return e.select.folds == 1; })),
      row("data.test", data, &DataSection::test,
          "empty: the source's own test split; \"none\"; or a folder")
          .needing(beside("data.validation = \"test\", which takes the test images",
                          [](const E& e) {
                            const auto* name = std::get_if<std::string>(&e.data.validation);
                            return e.data.test == "test" && name && *name == "test";
                          })),
      row("data.limit", data, &DataSection::limit,
          "use only so many training images, with the shares of the classes; 0: all", at_least(0)),
      size_key(),
      row("data.resize", data, &DataSection::resize,
          "how images get that size: crop (the centre), squash (the whole image) or letterbox",
          one_of({"crop", "squash", "letterbox"}))
          .needing(a_size()),
      row("data.crop_share", data, &DataSection::crop_share,
          "crop: the centre's share of the image's shorter side; 0.875 is Resize(256), "
          "CenterCrop(224)",
          above(0))
          .needing(a_crop()),
      row("data.filter", data, &DataSection::filter,
          "for resizing, as in Pillow: nearest, bilinear, bicubic or lanczos",
          one_of({"nearest", "bilinear", "bicubic", "lanczos"}))
          .needing(resizing()),
      row("data.channels", data, &DataSection::channels,
          "1: grey, 3: colour; 0: grey if all images are grey, else colour", at_least(0)),
      row("data.exclude", data, &DataSection::exclude,
          "a file with images to leave out, one per line"),
      row("data.on_error", data, &DataSection::on_error,
          "images that cannot be read: skip (up to 1 %), or fail", one_of({"skip", "fail"}))
          .needing(image_files()),
      row("data.sampling", data, &DataSection::sampling,
          "an epoch's training images: shuffle (each once) or balanced (every class equally often)",
          one_of({"shuffle", "balanced"})),
      augment_key(),
      row("data.cache", data, &DataSection::cache,
          "where decoded images are kept for later epochs and trainings: memory, disk or none; the "
          "results are the same",
          one_of({"none", "memory", "disk"})),
      row("data.cache_limit", data, &DataSection::cache_limit,
          "GB that it may take; 0: half of the free memory, or of the disk's free space",
          at_least(0))
          .needing(without("data.cache = \"memory\" or \"disk\"",
                           [](const E& e) { return e.data.cache != "none"; })),
      row("data.cache_path", data, &DataSection::cache_path,
          "the folder of images on the disk; empty: ridgeline/pack in the user's cache")
          .needing(
              without("data.cache = \"disk\"", [](const E& e) { return e.data.cache == "disk"; })),

      row("model.preset", model, &ModelSection::preset,
          "a named network, used if there are no layers", check_preset),
      row("model.layers", model, &ModelSection::layers,
          "the network itself: [{ conv2d = { filters = 32 }, regularize = { l2 = 1e-3 } }, ...]"),
      row("model.outputs", model, &ModelSection::outputs,
          "names of the layers whose outputs the loss reads; empty: the last layer")
          .needing(without("model.layers", [](const E& e) { return !e.model.layers.empty(); })),
      row("model.weights", model, &ModelSection::weights,
          "a model or safetensors file with initial weights: those that fit by name and shape are "
          "used"),
      row("model.frozen", model, &ModelSection::frozen,
          "parameters or layers that do not change: \"conv2d_1\", \"conv2d_*.kernel\""),

      row("model.normalize", model, &ModelSection::normalize,
          "imagenet: a preset begins with the normalisation that torchvision's weights expect",
          one_of({"none", "imagenet"}))
          .needing(without("model.preset", [](const E& e) { return e.model.layers.empty(); })),

      row("loss.kind", loss, &LossSection::kind, names_of(loss_kinds()), check_loss),

      row("regularize.l2", regularize, &Regularize::l2,
          "λ: the penalty is λ/2 |w|², its gradient λ w; a number or a schedule"),
      row("regularize.l1", regularize, &Regularize::l1,
          "the penalty is l1 |w|₁; gives exact zeros"),
      row("regularize.decay", regularize, &Regularize::decay,
          "decoupled weight decay (AdamW, SGDW); not part of the objective"),
      row("regularize.independent_decay", regularize, &Regularize::independent_decay,
          "the same, multiplied by the learning rate's share of its first value, not by the rate"),
      row("regularize.l2_sp", regularize, &Regularize::l2_sp,
          "towards the initial weights w₀: l2_sp/2 |w - w₀|²"),
      row("regularize.group_lasso", regularize, &Regularize::group_lasso,
          "the sum of the norms of filters and units: whole ones become zero"),
      row("regularize.orthogonal", regularize, &Regularize::orthogonal,
          "orthogonal/4 |W Wᵀ - I|²: filters become orthogonal, with norm 1"),
      row("regularize.spectral", regularize, &Regularize::spectral,
          "spectral/2 s², where s is the largest singular value"),
      row("regularize.max_norm", regularize, &Regularize::max_norm,
          "the largest norm of a filter or unit; 0: no limit"),
      row("regularize.fixed_norm", regularize, &Regularize::fixed_norm,
          "the norm of every filter and unit; 0: any"),
      row("regularize.cpr", regularize, &Regularize::cpr,
          "the rate of learned bounds on the mean square of each kernel (CPR), such as 1; 0: none"),
      row("regularize.cpr_warmup", regularize, &Regularize::cpr_warmup,
          "the update whose mean square is the bound; 0: when its growth slows down", at_least(0))
          .needing(
              without("regularize.cpr above 0",
                      [](const E& e) { return uses(e, &Regularize::cpr, &PenaltyRule::cpr); })),
      row("regularize.exclude", regularize, &Regularize::exclude,
          "roles that are not penalised: \"bias\", \"norm\"")
          .needing(not_on(Command::train, "every strength of [regularize] is 0", has_base_penalty)),
      row("regularize.rule", regularize, &Regularize::rules,
          "exceptions, later ones win: [{ match = \"dense*\", l2_factor = 10 }]"),

      row("optimizer.kind", optimizer, &OptimizerSection::kind, names_of(optimizer_kinds())),
      row("optimizer.learning_rate", optimizer, &OptimizerSection::learning_rate,
          "a number or a schedule { kind = \"cosine\", from = 1e-3, to = 0 }; its default, and "
          "those "
          "below, are the kind's"),
      row("optimizer.lookahead", optimizer, &OptimizerSection::lookahead,
          "for any kind: slow weights, updated every so many updates; 0: none", whole(0)),
      row("optimizer.lookahead_alpha", optimizer, &OptimizerSection::lookahead_alpha,
          "how far the slow weights move towards the weights", above(0))
          .needing(without("optimizer.lookahead above 0",
                           [](const E& e) { return e.optimizer.lookahead > 0; })),
      row("optimizer.rule", optimizer, &OptimizerSection::rules,
          "learning rates of some parameters, later rules win: [{ match = \"conv2d_*\", "
          "learning_rate_factor = 0.1 }]"),
      row("optimizer.clip_norm", optimizer, &OptimizerSection::clip_norm,
          "the largest norm of the data gradient; 0: no limit", at_least(0)),
      row("optimizer.clip_value", optimizer, &OptimizerSection::clip_value,
          "the largest absolute value in the data gradient; 0: no limit", at_least(0)),

      row("train.epochs", train, &TrainSection::epochs, "passes over the training images",
          whole(1)),
      row("train.batch", train, &TrainSection::batch, "images in a step", at_least(1)),
      row("train.accumulate", train, &TrainSection::accumulate,
          "batches whose gradients are summed into one update; gd: 1", at_least(1)),
      row("train.seed", train, &TrainSection::seed,
          "for splits, initial weights, shuffling, augmentation and dropout; for the same weights "
          "on another number of cores set train.shards, too",
          at_least(0)),
      row("train.threads", train, &TrainSection::threads, "0: all cores", whole(0)),
      row("train.shards", train, &TrainSection::shards,
          "parts of a batch, which fix the order of sums; 0: one per thread", whole(0)),
      row("train.autotune", train, &TrainSection::autotune,
          "kernels chosen by measurement on this machine, and recorded")
          .needing(beside(
              "train.kernels, which decide instead",
              [](const E& e) { return e.train.autotune && !e.train.compute.kernels.empty(); })),
      row("train.monitor", train, &TrainSection::monitor,
          "decides which epoch is the best: val_data_loss, val_accuracy, train_objective, ...",
          metric({"val_", "train_"}))
          .needing(measured_by_train()),
      metrics_key(),
      row("train.patience", train, &TrainSection::patience,
          "epochs without improvement before stopping; 0: never", whole(0)),
      row("train.unfreeze_at", train, &TrainSection::unfreeze_at,
          "the epoch from which on nothing is frozen; 0: never", whole(0))
          .needing(without("model.frozen", [](const E& e) { return !e.model.frozen.empty(); }))
          .needing(an_epoch_to_unfreeze_at()),
      row("train.average", train, &TrainSection::average,
          "weights kept: ema (a moving average over updates), swa (the mean over epochs), none",
          one_of({"none", "ema", "swa"})),
      row("train.average_decay", train, &TrainSection::average_decay, "of ema", fraction())
          .needing(without("train.average = \"ema\"",
                           [](const E& e) { return e.train.average == "ema"; })),
      row("train.average_from", train, &TrainSection::average_from,
          "for swa: the first epoch that counts, or a fraction of the epochs before it",
          check_first_epoch)
          .needing(without("train.average = \"swa\"",
                           [](const E& e) { return e.train.average == "swa"; })),
      row("train.log_every", train, &TrainSection::log_every,
          "every so many updates, each layer's numbers are written to RUN/steps.csv; 0: never",
          at_least(0)),
      row("train.run", train, &TrainSection::run,
          "the folder of the run; {name} is the experiment's, {time} the time of day", not_empty)
          .needing(not_on(Command::select, "its runs go into select.study")),

      row("select.over", select, &SelectSection::over,
          "numeric keys, each with { min, max, scale = \"log\" | \"linear\" } or [values]",
          check_search_space),
      row("select.metric", select, &SelectSection::metric,
          "the score of a trial: val_data_loss, val_accuracy, ...", metric({"val_"})),
      row("select.method", select, &SelectSection::method,
          "grid, random, race, path, hypergradient or evidence",
          one_of({"grid", "random", "race", "path", "hypergradient", "evidence"},
                 {"bayes", "halving"})),
      row("select.trials", select, &SelectSection::trials,
          "the number of candidates, including λ = 0", whole(1))
          .needing(without("a range in select.over or select.method = \"random\"",
                           [](const E& e) {
                             return e.select.method == "random" ||
                                    std::ranges::any_of(e.select.over, [](const auto& searched) {
                                      return searched.second.values.empty();
                                    });
                           })),
      row("select.folds", select, &SelectSection::folds,
          "folds of cross-validation; 1: a hold-out set of data.validation", whole(1)),
      row("select.rule", select, &SelectSection::rule,
          "one-standard-error (for a penalty or train.epochs; else best) or best",
          one_of({"one-standard-error", "best"})),
      row("select.jobs", select, &SelectSection::jobs,
          "trainings at a time, which share train.threads; 0: automatic", whole(0)),
      row("select.study", select, &SelectSection::study,
          "the folder of the study; {name} and {time} as in train.run", not_empty),
  };
}

/// Inserts `more` after the key `name`. Throws UsageError for a key that exists already.
void insert_after(std::vector<Key>& keys, std::string_view name, std::vector<Key> more) {
  for (const Key& key : more) {
    if (std::ranges::find(keys, key.name, &Key::name) == keys.end()) continue;
    throw UsageError(fmt::format(
        "a kind in [{}] has an option '{}', but {} is a key of its own: give the option "
        "another name",
        key.section(), key.field(), key.name));
  }
  const auto at = std::ranges::find(keys, name, &Key::name) + 1;
  keys.insert(at, std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

std::vector<Key> all_keys() {
  std::vector<Key> all = make_keys();
  insert_after(all, "train.threads", compute_rows());
  insert_after(all, "data.path", option_keys(kind_section("data")));
  insert_after(all, "loss.kind", option_keys(kind_section("loss")));
  insert_after(all, "regularize.cpr_warmup", own_penalty_keys());
  insert_after(all, "optimizer.learning_rate", option_keys(kind_section("optimizer")));
  for (Key& key : all) {
    if (key.section() != "select") continue;
    key.needs.push_back(not_on(Command::train, "it is for ridgeline select"));
  }
  return all;
}

/// Guesses the key for an unknown name: the nearest one, or the key with this name in another
/// section.
std::string guess_key(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Key& key : keys()) names.push_back(key.name);
  const std::string near = nearest(name, names);
  if (!near.empty()) return near;
  const std::string_view field = name.substr(name.find('.') + 1);
  const auto same = std::ranges::find(keys(), field, &Key::field);
  return same == keys().end() ? std::string() : same->name;
}

}  // namespace

const std::vector<Key>& keys() {
  // If an application adds a kind, there is a new table. Others may still refer to the old one.
  static std::mutex mutex;
  static std::map<std::uint64_t, std::vector<Key>> tables;
  const std::scoped_lock lock(mutex);
  const std::uint64_t added = kinds_added();
  const auto found = tables.find(added);
  return found != tables.end() ? found->second : tables.emplace(added, all_keys()).first->second;
}

const Key& key(std::string_view name) {
  for (const Key& key : keys()) {
    if (key.name == name) return key;
  }
  const std::string guess = guess_key(name);
  throw UsageError(fmt::format("unknown key '{}': {}", name,
                               guess.empty() ? "'ridgeline help keys' lists them all"
                                             : fmt::format("did you mean '{}'?", guess)));
}

std::string no_effect(const Key& key, const Experiment& experiment, Command command, bool word) {
  for (const Need& need : key.needs) {
    if (need.command != Command::any && need.command != command) continue;
    if (need.words_only && !word) continue;
    if (std::string reason = need.unmet(experiment); !reason.empty()) return reason;
  }
  return {};
}

void set_number(Experiment& experiment, std::string_view name, double number) {
  const Key& found = key(name);
  if (!found.set) throw UsageError(fmt::format("{} is not a number", name));
  found.set(experiment, number);
}

}  // namespace ridgeline::experiment
