#!/usr/bin/env python3
"""Chooses λ by a race here and by Optuna with PyTorch, at equal cost: article-cnn, 10 epochs.

  beside_optuna.py run OUT.jsonl     selects on each set with each seed; what OUT.jsonl has already is
                                     not repeated
  beside_optuna.py table OUT.jsonl   a table of λ, test scores, trials and costs: means over the seeds

Both see the same images and folds, and search λ from 1e-6 to 1e-1 by the loss on validation images.
Optuna's samplers are TPE and the Gaussian process. With the median and Hyperband pruners a trial is
one training, measured on the first fold after each epoch. With the Wilcoxon pruner a trial is a
cross-validation, measured after each fold. PyTorch trains the same network in the same way, in the
fastest of several memory formats, Adam implementations and torch.compile. These are measured and
compiled before, which is not counted.

Optuna has two budgets:

  wall        the seconds of the race, refit included
  trainings   the images that all trainings of the race read, refit included

From each budget the refit is subtracted, because Optuna needs one, too: in seconds the refit of
Ridgeline, which is shorter than PyTorch's. When the budget is spent, the running trial is stopped
and does not count; a cross-validation then has the mean of its finished folds as its score. If no
trial has ended, the best of the unfinished ones is the choice.

Each λ that was chosen is then trained by Ridgeline on all images with the same seed, so that only λ
differs. Only these models see the test images. The samplers and the median pruner choose at random,
or do not prune, in the first 10 or 5 trials by default. The budgets end before that, so here it is
3 (--startup).

Needs torch, optuna and scikit-learn. Nothing else may run at the same time, because seconds count.
"""

import math
import os
import statistics
import tempfile

import image_sets
import program

EPOCHS, BATCH, FOLDS = 10, 32, 5
RACE = "race"
OPTUNA = [f"{sampler}+{pruner}" for sampler in ("tpe", "gp")
          for pruner in ("median", "hyperband", "wilcoxon")]
BUDGETS = ["wall", "trainings"]


def training_words(options, files):
    return [*files, "model.preset=article-cnn", f"train.epochs={options.epochs}",
            f"train.batch={BATCH}", f"train.threads={options.threads}"]


def refit(options, files, l2, seed):
    words = training_words(options, files)
    words += [f"train.seed={1000 + seed}", f"regularize.l2={l2!r}"]
    test, seconds = program.refit(options.program, words, f"refit with {l2:g}")
    return {"refit_seconds": seconds, "test_loss": test["data_loss"],
            "test_accuracy": test["accuracy"]}


def race(options, files, fold_file, seed):
    words = training_words(options, files)
    words += ["select.method=race", "select.rule=best", f"train.seed={seed}",
              f"select.fold_file={fold_file}", program.over_l2(1e-6, 1e-1)]
    result, _ = program.select(options.program, words, f"race, seed {seed}")
    if result["chosen"] is None:
        raise SystemExit(f"race, seed {seed}: nothing was chosen, so there is nothing to compare")
    return {"l2": result["chosen"]["regularize.l2"], "seconds": result["cost"]["seconds"],
            "trainings": result["cost"]["whole_trainings"]}


class Peer:
    """PyTorch and Optuna on one set. They are loaded, and PyTorch's speeds measured, when needed."""

    def __init__(self, options, images):
        self.options, self.images, self.twin = options, images, None

    def prepare(self):
        import optuna
        import optuna_search
        import pytorch_twin
        optuna.logging.set_verbosity(optuna.logging.CRITICAL)
        pytorch_twin.prepare(self.options.threads)
        self.data = pytorch_twin.tensors(self.images.images, self.images.labels)
        variants = [self.options.variant] if self.options.variant else pytorch_twin.TRAINING
        self.twin = pytorch_twin.fastest(*self.data, BATCH, variants)
        self.optuna = optuna_search

    def choose(self, method, kind, race_record, fold_of, seed):
        if self.twin is None:
            self.prepare()
        count = len(self.images.labels)
        # What the cost of the race leaves for the search.
        if kind == "wall":
            budget = self.optuna.Budget(
                seconds=race_record["seconds"] - race_record["refit_seconds"])
        else:
            budget = self.optuna.Budget(
                images=(race_record["trainings"] - 1) * count * self.options.epochs)
        searching = self.optuna.Search(self.twin, self.data, fold_of, self.options.epochs, seed,
                                       budget)
        found = self.optuna.search(method.split("+"), self.options.startup, searching)
        trainings = found.pop("images") / (count * self.options.epochs)
        found["seconds"] += race_record["refit_seconds"]
        return {**found, "trainings": trainings + 1, "variant": self.twin.variant,
                "startup": self.options.startup}


def run_seed(options, name, images, peer, folder, files, seed):
    fold_of = image_sets.folds(images.labels, FOLDS, seed)
    image_sets.write_folds(f"{folder}/folds.csv", fold_of)
    done = {(r["method"], r["budget"]): r for r in program.records(options.out)
            if (r["set"], r["seed"], r["epochs"]) == (name, seed, options.epochs)
            and r.get("startup", options.startup) == options.startup}

    def keep(method, budget, result):
        record = {"set": name, "seed": seed, "epochs": options.epochs, "method": method,
                  "budget": budget, **result, **refit(options, files, result["l2"], seed)}
        program.append(options.out, record)
        print(f"{name}, seed {seed}, {method}{f', {budget}' if budget else ''}: λ "
              f"{record['l2']:.2g}, test loss {record['test_loss']:.4f}, "
              f"{record['trainings']:.2f} trainings, {record['seconds']:.0f} s", flush=True)
        return record

    ours = done.get((RACE, None))
    if ours is None:
        ours = keep(RACE, None, race(options, files, f"{folder}/folds.csv", seed))
    for budget in options.budgets:
        for method in options.methods:
            if (method, budget) not in done:
                keep(method, budget, peer.choose(method, budget, ours, fold_of, seed))


def run(options):
    for name in options.sets:
        source, count = image_sets.SETS[name]
        path = {"cifar10": options.cifar, "fashion-mnist": options.fashion}[source]
        images = image_sets.read(source, count, path)
        peer = Peer(options, images)
        with tempfile.TemporaryDirectory() as folder:
            files = images.write(folder)
            for seed in options.seeds:
                run_seed(options, name, images, peer, folder, files, seed)


def difference(group, races):
    """The test loss minus the race's on the same set and seed: the mean and its standard error."""
    values = [r["test_loss"] - races[r["set"], r["seed"], r["epochs"]] for r in group]
    if len(values) < 2:
        return f"{values[0]:+.4f}"
    error = statistics.stdev(values) / math.sqrt(len(values))
    return f"{statistics.mean(values):+.4f} ± {error:.4f}"


def table(options):
    all_records = program.records(options.out)
    races = {(r["set"], r["seed"], r["epochs"]): r["test_loss"] for r in all_records
             if r["method"] == RACE}
    groups = {}
    for record in all_records:
        key = (record["set"], record["epochs"], record["budget"] or "", record["method"],
               record.get("startup", ""))
        groups.setdefault(key, []).append(record)
    print("| set | method | first trials | equal | λ | test loss | minus the race's | test accuracy "
          "| trials finished, pruned, cut off | trainings | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for (name, _, budget, method, startup), group in groups.items():
        def mean(field):
            return statistics.mean(record[field] for record in group)
        trials = "" if method == RACE else \
            f"{mean('completed'):.1f}, {mean('pruned'):.1f}, {mean('cut_off'):.1f}"
        print(f"| {name} | {method} | {startup} | {budget} "
              f"| {', '.join(format(r['l2'], '.2g') for r in group)} "
              f"| {mean('test_loss'):.4f} | {'' if method == RACE else difference(group, races)} "
              f"| {100 * mean('test_accuracy'):.2f} % | {trials} "
              f"| {mean('trainings'):.1f} | {mean('seconds'):.0f} |")


def main():
    parser, running = program.commands(__doc__, run, table)
    running.add_argument("--cifar", help="the folder of CIFAR-10; default: the known places")
    running.add_argument("--fashion", help="the folder of Fashion-MNIST; default: the known places")
    running.add_argument("--sets", nargs="+", choices=image_sets.SETS,
                         default=list(image_sets.SETS))
    running.add_argument("--methods", nargs="+", choices=OPTUNA, default=OPTUNA)
    running.add_argument("--budgets", nargs="+", choices=BUDGETS, default=BUDGETS)
    running.add_argument("--epochs", type=int, default=EPOCHS)
    running.add_argument("--variant", help="PyTorch's variant, for example \"nchw, fused adam\"; "
                         "default: the fastest, measured for each set")
    running.add_argument("--startup", type=int, default=3)
    running.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
