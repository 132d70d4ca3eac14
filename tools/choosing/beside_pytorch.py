#!/usr/bin/env python3
"""Chooses λ here, trains once in PyTorch, and compares the times: CIFAR-10, article-cnn, 10 epochs.

The selection is a race over 1e-6 to 1e-1 with all that it needs: the looks, the full trainings, the
refit on all images and the evaluation of the test set. PyTorch trains once on all images with one
given λ, without a validation set, and evaluates the test set. It takes the fastest of several
memory formats, Adam implementations and torch.compile, measured first and not counted. Both use the
same number of threads, and images that are already in memory: the time to read the files is not
counted either.

Each seed is one pair, in turn. Needs torch. Nothing else may run at the same time.
"""

import argparse
import os
import pathlib
import sys
import time

import program
from pytorch_twin import evaluate, fastest, prepare, tensors

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from labelled_images import cifar10  # noqa: E402

EPOCHS, BATCH, L2 = 10, 32, 1e-3


def train_once(twin, seed, test):
    twin.restart(L2, seed)
    start = time.perf_counter()
    for _ in range(EPOCHS):
        twin.network.train()
        for _ in twin.epoch(BATCH):
            pass
    result = evaluate(twin.network, *test)
    return time.perf_counter() - start, result


def select(options, seed):
    words = ["data.source=cifar10", "model.preset=article-cnn", f"train.epochs={EPOCHS}",
             f"train.batch={BATCH}", f"train.seed={seed}", f"train.threads={options.threads}",
             "select.method=race", program.over_l2(1e-6, 1e-1)]
    if options.data:
        words.append(f"data.path={options.data}")
    return program.select(options.program, words, f"seed {seed}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=program.PROGRAM)
    parser.add_argument("--data", help="the folder of CIFAR-10; default: the known places")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    prepare(options.threads)
    train, test_images = [tensors(*part) for part in cifar10(options.data)]
    twin = fastest(*train, BATCH)
    for seed in options.seeds:
        result, wall = select(options, seed)
        cost, test = result["cost"], result["test"]
        print(f"seed {seed}: λ {result['chosen']['regularize.l2']:.2g} chosen in "
              f"{cost['seconds']:.0f} s ({wall:.0f} s with reading the images), "
              f"{cost['whole_trainings']:.2f} trainings, test loss {test['data_loss']:.3f}, "
              f"accuracy {test['accuracy']:.3f}", flush=True)
        seconds, scores = train_once(twin, seed, test_images)
        print(f"seed {seed}: PyTorch once with {L2:g}: {seconds:.0f} s, test loss "
              f"{scores['data_loss']:.3f}, accuracy {scores['accuracy']:.3f}; the selection takes "
              f"{cost['seconds'] / seconds:.2f} times as long", flush=True)


if __name__ == "__main__":
    main()
