#!/usr/bin/env python3
"""Trains article-cnn here as pytorch_baseline.py trained it there, and compares test results.

Runs that are in OURS are not trained again. Ours passes if its mean test accuracy is not below
PyTorch's by more than 0.5 points or two standard errors of the difference, whichever is larger.
The exit code says whether all comparisons pass.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from runs import EPOCHS, add_run_arguments, append, finished, read, runs

ROOT = pathlib.Path(__file__).resolve().parents[2]


def train(program, run):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", "--json", f"data.source={run['source']}", "data.validation=0",
                   "model.preset=article-cnn", f"regularize.l2={run['l2']}", "optimizer.kind=adam",
                   f"train.epochs={EPOCHS[run['source']]}", "train.batch=32",
                   f"train.seed={run['seed']}", f"train.run={folder}/run"]
        start = time.monotonic()
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return {"train": answer["train"], "test": answer["test"], "library": "ridgeline",
                "epochs": EPOCHS[run["source"]], "seconds": round(time.monotonic() - start, 1)}


def test_results(path, run, what):
    """By source and l2, over the seeds."""
    return [line["test"][what] for line in read(path)
            if line["source"] == run["source"] and line["l2"] == run["l2"]]


def difference(theirs, ours):
    """Ours minus theirs, and its standard error."""
    error = math.sqrt(sum(statistics.variance(values) / len(values) if len(values) > 1 else 0
                          for values in (theirs, ours)))
    return statistics.mean(ours) - statistics.mean(theirs), error


def compare(baseline, ours, run):
    """Prints a line and returns whether it passes."""
    theirs_accuracy, ours_accuracy = (test_results(path, run, "accuracy") for path in
                                      (baseline, ours))
    if not theirs_accuracy or not ours_accuracy:
        print(f"{run['source']:14} {run['l2']:<8g} nothing to compare")
        return False
    accuracy, error = difference(theirs_accuracy, ours_accuracy)
    loss, loss_error = difference(test_results(baseline, run, "data_loss"),
                                  test_results(ours, run, "data_loss"))
    passes = accuracy >= -max(0.005, 2 * error)
    print(f"{run['source']:14} {run['l2']:<8g} {len(theirs_accuracy)}/{len(ours_accuracy)}   "
          f"{100 * statistics.mean(theirs_accuracy):6.2f} {100 * statistics.mean(ours_accuracy):6.2f}"
          f"   {100 * accuracy:+5.2f} +- {100 * error:.2f}   "
          f"{statistics.mean(test_results(baseline, run, 'data_loss')):.4f} "
          f"{statistics.mean(test_results(ours, run, 'data_loss')):.4f} "
          f"  {loss:+.4f} +- {loss_error:.4f}   {'ok' if passes else 'BELOW'}")
    return passes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("baseline", type=pathlib.Path, help="what pytorch_baseline.py wrote")
    add_run_arguments(parser)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/ridgeline")
    arguments = parser.parse_args()

    for run in runs(arguments):
        if not finished(arguments.output, run):
            append(arguments.output, run | train(arguments.program, run))

    print("source         l2       seeds   test accuracy, %   difference       "
          "test data loss     difference")
    settings = {(run["source"], run["l2"]): run for run in runs(arguments)}.values()
    sys.exit(0 if all([compare(arguments.baseline, arguments.output, run)
                       for run in settings]) else 1)


if __name__ == "__main__":
    main()
