#!/usr/bin/env python3
"""Compares the methods of a selection with the exhaustive grid.

  compare.py run OUT.jsonl --data DIR     selects on each set with each method and seed; a selection
                                          that OUT.jsonl has already is not repeated
  compare.py table OUT.jsonl              a table of λ, test scores, costs and regrets

The grid of 16 values on 5 folds is the truth, or the one on the first fold alone (grid-1). Between
its values, the score is linear in log λ. The regret of a choice is its score on this curve minus the
curve's lowest. It is given in standard errors of a score, too: the median standard error of the
grid's scores near its minimum. Costs are in trainings on all images, counted by the images read, and
in seconds. Seconds count only if nothing else runs at the same time.

A method that refuses a network is told on standard error, and left out.
"""

import math
import pathlib
import statistics
import sys

import program

KEY = "regularize.l2"

# Settings of a set. {data} is DIR.
SETS = {
    "fashion-1000": ["data.source=fashion-mnist", "data.limit=1000"],
    "fashion-5000": ["data.source=fashion-mnist", "data.limit=5000"],
    "fashion-60000": ["data.source=fashion-mnist"],
    "cifar-5000": ["data.source=cifar10", "data.path={data}/cifar10", "data.limit=5000"],
    "cifar-50000": ["data.source=cifar10", "data.path={data}/cifar10"],
    "tiny-imagenet-20": ["data.source=folder", "data.path={data}/tiny-imagenet-20/train",
                         "data.test={data}/tiny-imagenet-20/val", "data.size=64"],
}
NETWORKS = {
    "article-cnn": ["model.preset=article-cnn", "train.epochs=10", "train.batch=32"],
    "resnet20": ["model.preset=resnet20", "train.epochs=10", "train.batch=64",
                 "optimizer.kind=sgd", "optimizer.momentum=0.9",
                 "optimizer.learning_rate={kind='cosine', from=0.1, to=0}"],
}
GRID = ["select.method=grid", "select.trials=16", "select.folds=5"]
METHODS = {
    "grid": GRID,
    "grid-1": ["select.method=grid", "select.trials=16", "select.folds=1"],
    "race": ["select.method=race"],
    "random": ["select.method=random", "select.trials=8", "select.folds=1"],
    "sobol": ["select.method=sobol", "select.trials=8", "select.folds=1"],
    "halving": ["select.method=halving", "select.trials=16", "select.folds=1"],
    "hyperband": ["select.method=hyperband", "select.folds=1"],
    "asha": ["select.method=asha", "select.trials=16", "select.folds=1"],
    "bayes": ["select.method=bayes", "select.trials=8", "select.folds=1"],
    "tpe": ["select.method=tpe", "select.trials=8", "select.folds=1"],
    "path": ["select.method=path", "select.trials=16", "select.folds=1"],
    "hypergradient": ["select.method=hypergradient"],
    "evidence": ["select.method=evidence"],
}


def select(options, name, network, method, seed):
    """None if the method refuses."""
    words = SETS[name] + NETWORKS[network] + METHODS[method]
    words = [word.replace("{data}", str(options.data)) for word in words]
    words += [f"train.seed={seed}", f"select.rule={options.rule}", program.over_l2(1e-6, 1e-1)]
    try:
        return program.select(options.program, words, f"{name}, {network}, {method}, seed {seed}")[0]
    except SystemExit as refused:
        print(refused, file=sys.stderr)
        return None


def kept(result):
    """What the table needs."""
    chosen = result["chosen"][KEY] if result["chosen"] else None
    return {"chosen": chosen, "tied": result["tied"], "test": result["test"], "cost": result["cost"],
            "trials": [{"l2": t["parameters"][KEY], "score": t["score"],
                        "standard_error": t["standard_error"], "status": t["status"]}
                       for t in result["trials"]]}


def run(options):
    done = {(r["set"], r["network"], r["method"], r["seed"]) for r in program.records(options.out)}
    for seed in options.seeds:
        for name in options.sets:
            for network in options.networks:
                for method in options.methods:
                    if (name, network, method, seed) in done:
                        continue
                    result = select(options, name, network, method, seed)
                    if result is None:
                        continue
                    record = {"set": name, "network": network, "method": method, "seed": seed,
                              **kept(result)}
                    program.append(options.out, record)
                    print(name, network, method, seed, record["chosen"],
                          f"{record['cost']['whole_trainings']:.1f} trainings",
                          f"{record['cost']['seconds']:.0f} s", flush=True)


def place(l2):
    """0 is a decade below the smallest value of the range."""
    return math.log10(l2) if l2 > 0 else -7


class Curve:
    """The scores of a grid."""

    def __init__(self, trials):
        done = sorted((place(t["l2"]), t["score"], t["standard_error"]) for t in trials
                      if t["status"] == "done")
        self.points = [(x, score) for x, score, _ in done]
        self.lowest = min(score for _, score in self.points)
        near = sorted(done, key=lambda point: point[1])[:5]
        self.error = statistics.median(error for _, _, error in near)

    def at(self, l2):
        x = place(l2)
        before = max((p for p in self.points if p[0] <= x), default=self.points[0])
        after = min((p for p in self.points if p[0] >= x), default=self.points[-1])
        if after[0] == before[0]:
            return before[1]
        share = (x - before[0]) / (after[0] - before[0])
        return before[1] + share * (after[1] - before[1])


def table(options):
    all_records = program.records(options.out)
    curves = {}
    for truth in ("grid-1", "grid"):  # the grid on five folds, if there is one
        curves |= {(r["set"], r["network"], r["seed"]): Curve(r["trials"]) for r in all_records
                   if r["method"] == truth}
    groups = {}
    for record in all_records:
        groups.setdefault((record["set"], record["network"], record["method"]), []).append(record)
    print("| set | network | method | λ, by seed | test loss | test accuracy | trainings | seconds | regret "
          "| in standard errors |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for (name, network, method), group in groups.items():
        regrets, errors = [], []
        for record in group:
            curve = curves.get((name, network, record["seed"]))
            if curve and record["chosen"] is not None:
                regrets.append(curve.at(record["chosen"]) - curve.lowest)
                errors.append(regrets[-1] / curve.error)
        mean = lambda values: statistics.mean(values) if values else math.nan
        print(f"| {name} | {network} | {method} | "
              f"{', '.join('none' if r['chosen'] is None else format(r['chosen'], '.2g') for r in group)} | "
              f"{mean([r['test']['data_loss'] for r in group if r['test']]):.4f} | "
              f"{100 * mean([r['test']['accuracy'] for r in group if r['test']]):.2f} % | "
              f"{mean([r['cost']['whole_trainings'] for r in group]):.1f} | "
              f"{mean([r['cost']['seconds'] for r in group]):.0f} | "
              f"{mean(regrets):.4f} | {mean(errors):.2f} |")


def main():
    parser, running = program.commands(__doc__, run, table)
    running.add_argument("--data", type=pathlib.Path, required=True)
    running.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    running.add_argument("--networks", nargs="+", choices=NETWORKS, default=["article-cnn"])
    running.add_argument("--methods", nargs="+", choices=METHODS, default=["grid", "race"])
    running.add_argument("--rule", default="best")
    options = parser.parse_args()
    options.action(options)


if __name__ == "__main__":
    main()
