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
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
sys.path.insert(0, str(ROOT / "tools"))
from labelled_images import cifar10  # noqa: E402
from peer_torch import TRAINING, Trainer  # noqa: E402

EPOCHS, BATCH, L2 = 10, 32, 1e-3
MEASURED_SECONDS = 5


def tensors(data):
    return [(torch.from_numpy(images.copy()).float().div_(255), torch.from_numpy(labels))
            for images, labels in cifar10(data)]


def trainer(variant, images, labels):
    made = Trainer("article-cnn", "fp32", *TRAINING[variant], images, labels)
    made.optimizer.param_groups[0]["weight_decay"] = L2
    return made


def fastest(images, labels):
    speeds = {}
    for variant in TRAINING:
        try:
            speeds[variant] = trainer(variant, images, labels).measure("train", BATCH,
                                                                       MEASURED_SECONDS)
        except Exception as problem:  # torch.compile needs a compiler
            print(f"PyTorch, {variant}: {problem}", file=sys.stderr)
    return max(speeds, key=speeds.get), speeds


@torch.no_grad()
def evaluate(network, images, labels):
    network.eval()
    outputs = torch.cat([network(part) for part in images.split(1000)])
    loss = torch.nn.functional.cross_entropy(outputs, labels).item()
    return loss, (outputs.argmax(1) == labels).float().mean().item()


def train_once(variant, seed, train, test):
    torch.manual_seed(seed)
    made = trainer(variant, *train)
    start = time.perf_counter()
    for _ in range(EPOCHS):
        made.network.train()
        for _ in made.epoch(BATCH):
            pass
    result = evaluate(made.network, *test)
    return time.perf_counter() - start, *result


def select(program, data, seed, threads):
    with tempfile.TemporaryDirectory() as folder:
        words = [program, "select", "--json", "data.source=cifar10", "model.preset=article-cnn",
                 f"train.epochs={EPOCHS}", f"train.batch={BATCH}", f"train.seed={seed}",
                 f"train.threads={threads}", "select.method=race",
                 'select.over={ "regularize.l2" = { min = 1e-6, max = 1e-1 } }',
                 f"select.study={folder}/study"]
        if data:
            words.append(f"data.path={data}")
        start = time.perf_counter()
        run = subprocess.run(words, capture_output=True, text=True)
        wall = time.perf_counter() - start
        if run.returncode != 0:
            sys.exit(run.stderr)
        return json.loads(run.stdout), wall


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/ridgeline"))
    parser.add_argument("--data", help="the folder of CIFAR-10; default: the known places")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)  # small weights and moments would be slow to compute with
    train, test_images = tensors(options.data)
    variant, speeds = fastest(*train)
    for name, speed in speeds.items():
        print(f"PyTorch {torch.__version__}, {name}: {speed:,.0f} images/s")
    for seed in options.seeds:
        result, wall = select(options.program, options.data, seed, options.threads)
        cost, test = result["cost"], result["test"]
        print(f"seed {seed}: λ {result['chosen']['regularize.l2']:.2g} chosen in "
              f"{cost['seconds']:.0f} s ({wall:.0f} s with reading the images), "
              f"{cost['whole_trainings']:.2f} trainings, test loss {test['data_loss']:.3f}, "
              f"accuracy {test['accuracy']:.3f}", flush=True)
        seconds, loss, accuracy = train_once(variant, seed, train, test_images)
        print(f"seed {seed}: PyTorch once with {L2:g}: {seconds:.0f} s, test loss {loss:.3f}, "
              f"accuracy {accuracy:.3f}; the selection takes {cost['seconds'] / seconds:.2f} times "
              f"as long", flush=True)


if __name__ == "__main__":
    main()
