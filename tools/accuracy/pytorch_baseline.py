#!/usr/bin/env python3
"""Trains article-cnn in PyTorch as Ridgeline trains it, and appends a JSON line per run.

The same network, initialisation (Glorot uniform kernels, zero biases), images (in [0, 1]), Adam
(epsilon 1e-7), batch size, epochs and L2 penalty (on kernels only, added to the gradient). Runs
that are in OUTPUT are skipped, so that an interrupted comparison continues.
"""

import argparse
import pathlib
import sys
import time

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from labelled_images import SOURCES  # noqa: E402
from runs import EPOCHS, add_run_arguments, append, finished, runs  # noqa: E402


def article_cnn(channels, size, classes=10):
    flat = 64 * (((size - 2) // 2 - 2) // 2) ** 2
    network = nn.Sequential(
        nn.Conv2d(channels, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(flat, 128), nn.ReLU(), nn.Linear(128, classes))
    for layer in network:
        if hasattr(layer, "weight"):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return network


@torch.no_grad()
def evaluate(network, images, labels):
    network.eval()
    outputs = torch.cat([network(part) for part in images.split(1000)])
    loss = nn.functional.cross_entropy(outputs, labels).item()
    return {"data_loss": loss, "accuracy": (outputs.argmax(1) == labels).float().mean().item()}


def train(data, seed, l2, epochs, batch):
    (images, labels), test = data
    torch.manual_seed(seed)
    network = article_cnn(images.shape[1], images.shape[2])
    kernels = [p for name, p in network.named_parameters() if name.endswith("weight")]
    biases = [p for name, p in network.named_parameters() if name.endswith("bias")]
    optimizer = torch.optim.Adam(
        [{"params": kernels, "weight_decay": l2}, {"params": biases, "weight_decay": 0.0}],
        lr=1e-3, eps=1e-7, fused=True)
    for _ in range(epochs):
        network.train()
        for chosen in torch.randperm(len(images)).split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(images[chosen]), labels[chosen]).backward()
            optimizer.step()
    return {"train": evaluate(network, images, labels), "test": evaluate(network, *test)}


def tensors(source):
    return [(torch.from_numpy(images.copy()).float().div_(255), torch.from_numpy(labels))
            for images, labels in SOURCES[source]()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_run_arguments(parser)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    data = {}
    for run in runs(arguments):
        if finished(arguments.output, run):
            continue
        source = run["source"]
        if source not in data:
            data = {source: tensors(source)}
        start = time.monotonic()
        result = train(data[source], run["seed"], run["l2"], EPOCHS[source], batch=32)
        append(arguments.output, run | result | {
            "library": f"torch {torch.__version__}", "epochs": EPOCHS[source],
            "seconds": round(time.monotonic() - start, 1)})


if __name__ == "__main__":
    main()
