#!/usr/bin/env python3
"""Trains one network on folders of photographs here and in PyTorch, and compares the two.

Both read the files, decode them, augment them and train the same network from scratch: the same
initialisation, images in [0, 1], batches, schedule and L2 penalty (on kernels only). Both use the
same cores. PyTorch reads with torchvision's ImageFolder and transforms on Pillow images, and takes
the fastest of several numbers of workers and memory formats, measured first.

  photographs.py accuracy DATA OUT.jsonl   trains each set with each seed; continues if it was stopped
  photographs.py rate DATA                 alternates short trainings, and prints images a second

DATA has a folder for each set, with train/CLASS and val/CLASS. Accuracy passes if the mean of
ours is not below PyTorch's by more than a point or two standard errors of the difference.
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torchvision
from torch import nn
from torchvision import transforms as T

from pytorch_baseline import article_cnn

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATCH = 32
SETS = {
    "tiny-imagenet-20": {
        "size": 64, "epochs": 12, "l2": 1e-3, "preset": "article-cnn", "optimizer": "adam",
        "learning_rate": 1e-3, "augment": ["shifted_crop", "horizontal_flip"]},
    "imagenette-224": {
        "size": 128, "epochs": 8, "l2": 1e-3, "preset": "resnet18", "optimizer": "sgd",
        "learning_rate": 0.02, "augment": ["resized_crop", "horizontal_flip"]},
}
CHANGES = {"shifted_crop": lambda size: T.RandomCrop(size, padding=4),
           "horizontal_flip": lambda size: T.RandomHorizontalFlip(),
           "resized_crop": lambda size: T.RandomResizedCrop(size)}


def resnet18(classes):
    network = torchvision.models.resnet18(num_classes=classes)
    nn.init.xavier_uniform_(network.fc.weight)
    nn.init.zeros_(network.fc.bias)
    return network


def ours(program, data, setting, seed, epochs):
    """The last epoch's validation, and the images a second of each epoch."""
    rate = (f"{{kind='cosine', from={setting['learning_rate']}, to=0}}"
            if setting["optimizer"] == "sgd" else setting["learning_rate"])
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        command = [program, "train", "data.source=folder", f"data.path={data}",
                   f"data.size={setting['size']}", f"data.augment={json.dumps(setting['augment'])}",
                   f"model.preset={setting['preset']}", f"regularize.l2={setting['l2']}",
                   f"optimizer.kind={setting['optimizer']}", f"optimizer.learning_rate={rate}",
                   f"train.epochs={epochs}", f"train.batch={BATCH}", f"train.seed={seed}",
                   f"train.run={run}", "data.validation=val"]
        if setting["optimizer"] == "sgd":
            command.append("optimizer.momentum=0.9")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(run / "history.csv", newline="") as file:
            lines = list(csv.DictReader(file))
    return {"accuracy": float(lines[-1]["val_accuracy"]),
            "data_loss": float(lines[-1]["val_data_loss"]),
            "rates": [float(line["images_per_second"]) for line in lines]}


class Twin:
    """The same training in PyTorch."""

    def __init__(self, data, setting, seed, workers, memory_format):
        torch.manual_seed(seed)
        self.setting, self.memory_format = setting, memory_format
        size = setting["size"]
        changes = [CHANGES[name](size) for name in setting["augment"]]
        training = torchvision.datasets.ImageFolder(data / "train",
                                                    T.Compose([*changes, T.ToTensor()]))
        validation = torchvision.datasets.ImageFolder(
            data / "val", T.Compose([T.Resize(size), T.CenterCrop(size), T.ToTensor()]))
        options = {"num_workers": workers, "persistent_workers": workers > 0}
        self.training = torch.utils.data.DataLoader(training, BATCH, shuffle=True, **options)
        self.validation = torch.utils.data.DataLoader(validation, 100)
        classes = len(training.classes)
        network = (resnet18(classes) if setting["preset"] == "resnet18"
                   else article_cnn(3, size, classes))
        self.network = network.to(memory_format=memory_format)
        kernels = [p for p in network.parameters() if p.dim() > 1]
        others = [p for p in network.parameters() if p.dim() <= 1]
        groups = [{"params": kernels, "weight_decay": setting["l2"]},
                  {"params": others, "weight_decay": 0.0}]
        rate = setting["learning_rate"]
        self.optimizer = (torch.optim.SGD(groups, lr=rate, momentum=0.9)
                          if setting["optimizer"] == "sgd"
                          else torch.optim.Adam(groups, lr=rate, eps=1e-7, fused=True))
        self.step = 0

    def learning_rate(self, epochs):
        rate, share = self.setting["learning_rate"], self.step / (epochs * len(self.training))
        cosine = self.setting["optimizer"] == "sgd"
        return rate * (1 + math.cos(math.pi * share)) / 2 if cosine else rate

    def epoch(self, epochs, most_batches=None):
        """Trains an epoch, or its first batches; returns images a second."""
        self.network.train()
        images, start = 0, time.monotonic()
        for batch, (x, y) in enumerate(self.training):
            if batch == most_batches:
                break
            for group in self.optimizer.param_groups:
                group["lr"] = self.learning_rate(epochs)
            self.optimizer.zero_grad()
            outputs = self.network(x.contiguous(memory_format=self.memory_format))
            nn.functional.cross_entropy(outputs, y).backward()
            self.optimizer.step()
            self.step += 1
            images += len(y)
        return images / (time.monotonic() - start)

    @torch.no_grad()
    def evaluate(self):
        self.network.eval()
        parts = [(self.network(x), y) for x, y in self.validation]
        outputs, labels = torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts])
        return {"accuracy": (outputs.argmax(1) == labels).float().mean().item(),
                "data_loss": nn.functional.cross_entropy(outputs, labels).item()}


def theirs(data, setting, seed, epochs, fastest):
    twin = Twin(data, setting, seed, *fastest)
    rates = [twin.epoch(epochs) for _ in range(epochs)]
    return twin.evaluate() | {"rates": rates}


def fastest_setting(data, setting):
    """The number of workers and the memory format with the most images a second."""
    best = (0, None)
    for workers in (0, 1, 2):
        for memory_format in (torch.contiguous_format, torch.channels_last):
            twin = Twin(data, setting, 1, workers, memory_format)
            twin.epoch(1, most_batches=8)
            rate = twin.epoch(1, most_batches=24)
            best = max(best, (rate, (workers, memory_format)), key=lambda one: one[0])
    print(f"PyTorch is fastest with {best[1][0]} workers and {best[1][1]}", flush=True)
    return best[1]


def compare_accuracy(arguments):
    done = ([json.loads(line) for line in arguments.output.read_text().splitlines()]
            if arguments.output.exists() else [])
    for name in arguments.sets:
        setting, data = SETS[name], arguments.data / name
        fastest = None
        for seed in arguments.seeds:
            for library in ("ridgeline", "torch"):
                key = {"set": name, "seed": seed, "library": library}
                if any(all(line[k] == v for k, v in key.items()) for line in done):
                    continue
                if library == "torch":
                    fastest = fastest or fastest_setting(data, setting)
                    result = theirs(data, setting, seed, setting["epochs"], fastest)
                else:
                    result = ours(arguments.program, data, setting, seed, setting["epochs"])
                done.append(key | result)
                with arguments.output.open("a") as file:
                    file.write(json.dumps(done[-1]) + "\n")
                print(f"{name} seed {seed} {library}: {100 * result['accuracy']:.2f} %, "
                      f"{statistics.median(result['rates']):.0f} images/s", flush=True)
    passes = True
    print("set                seeds   PyTorch    ours   difference, points of validation accuracy")
    for name in arguments.sets:
        accuracies = [[line["accuracy"] for line in done
                       if line["set"] == name and line["library"] == library]
                      for library in ("torch", "ridgeline")]
        means = [100 * statistics.mean(values) for values in accuracies]
        error = 100 * math.sqrt(sum(statistics.variance(values) / len(values)
                                    if len(values) > 1 else 0 for values in accuracies))
        good = means[1] - means[0] >= -max(1, 2 * error)
        passes = passes and good
        print(f"{name:18} {len(accuracies[0])}/{len(accuracies[1])}     {means[0]:6.2f}  "
              f"{means[1]:6.2f}   {means[1] - means[0]:+.2f} +- {error:.2f}   "
              f"{'ok' if good else 'BELOW'}")
    return 0 if passes else 1


def compare_rates(arguments):
    for name in arguments.sets:
        setting, data = SETS[name], arguments.data / name
        fastest = fastest_setting(data, setting)
        rates = {"PyTorch": [], "Ridgeline": []}
        for _ in range(arguments.rounds):
            # The first epoch warms up the page cache, the workers and the allocator.
            rates["Ridgeline"].append(ours(arguments.program, data, setting, 1, 2)["rates"][-1])
            twin = Twin(data, setting, 1, *fastest)
            twin.epoch(2)
            rates["PyTorch"].append(twin.epoch(2))
        medians = {library: statistics.median(values) for library, values in rates.items()}
        ratios = [a / b for a, b in zip(rates["Ridgeline"], rates["PyTorch"])]
        print(f"{name}, {setting['preset']} at {setting['size']}: Ridgeline "
              f"{medians['Ridgeline']:.0f} images/s, PyTorch {medians['PyTorch']:.0f}; ratio "
              f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
              flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["accuracy", "rate"])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path, nargs="?", help="accuracy: a file of results")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/ridgeline")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.what == "rate":
        sys.exit(compare_rates(arguments))
    if arguments.output is None:
        parser.error("accuracy needs a file for the results")
    sys.exit(compare_accuracy(arguments))


if __name__ == "__main__":
    main()
