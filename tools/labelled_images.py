"""CIFAR-10 and Fashion-MNIST as numpy arrays, from the places where Ridgeline looks for them.

Each reader gives (train images, train labels), (test images, test labels): bytes in NCHW order
and one class index per image. The comparisons with other libraries in bench/ and tools/ read
with these; Ridgeline itself does not.
"""

import gzip
import os
import pathlib
import sys

import numpy

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "ridgeline"


def _first_folder(name, places, hint):
    for place in places:
        if place.is_dir():
            return place
    sys.exit(f"{name} was not found in {', '.join(map(str, places))}: {hint}")


def cifar10(path=None):
    places = [pathlib.Path(path)] if path else [CACHE / "cifar-10-batches-bin",
                                                pathlib.Path("cifar-10-batches-bin")]
    folder = _first_folder("CIFAR-10 (binary version)", places,
                           "get it with 'ridgeline data get cifar10'")

    def read(names):
        records = numpy.concatenate(
            [numpy.fromfile(folder / name, numpy.uint8).reshape(-1, 3073) for name in names])
        return (numpy.ascontiguousarray(records[:, 1:]).reshape(-1, 3, 32, 32),
                records[:, 0].astype(numpy.int64))

    return read([f"data_batch_{i}.bin" for i in range(1, 6)]), read(["test_batch.bin"])


def fashion_mnist(path=None):
    places = [pathlib.Path(path)] if path else [pathlib.Path("/usr/share/datasets/fashion-mnist"),
                                                CACHE / "fashion-mnist"]
    folder = _first_folder("Fashion-MNIST", places,
                           "on Debian, install the package dataset-fashion-mnist")

    def read(part):
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
            images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 28, 28)
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
            labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8).astype(numpy.int64)
        return images, labels

    return read("train"), read("t10k")


SOURCES = {"cifar10": cifar10, "fashion-mnist": fashion_mnist}
