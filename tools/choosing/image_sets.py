"""Sets of real images, in files that Ridgeline reads, and the same images as arrays.

So Ridgeline and another library train on the same images and divide them into the same folds.
Needs NumPy and scikit-learn.
"""

import csv
import dataclasses
import pathlib
import sys

import numpy
from sklearn.model_selection import StratifiedKFold, train_test_split

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from labelled_images import SOURCES  # noqa: E402

# The source of a set and the number of its training images; 0: all.
SETS = {
    "fashion-1000": ("fashion-mnist", 1000),
    "fashion-5000": ("fashion-mnist", 5000),
    "fashion-60000": ("fashion-mnist", 0),
    "cifar-5000": ("cifar10", 5000),
    "cifar-50000": ("cifar10", 0),
}


@dataclasses.dataclass
class ImageSet:
    """Training and test images, as bytes in NCHW order, and their classes."""

    source: str
    images: numpy.ndarray
    labels: numpy.ndarray
    test_images: numpy.ndarray
    test_labels: numpy.ndarray

    def write(self, folder):
        """Writes the files of `source`, and gives the settings with which Ridgeline reads them."""
        write = {"fashion-mnist": _write_idx, "cifar10": _write_cifar}[self.source]
        write(pathlib.Path(folder), self)
        return [f"data.source={self.source}", f"data.path={folder}"]


def read(source, count, path=None):
    """`count` training images with the shares of the classes, the same for every seed."""
    (images, labels), test = SOURCES[source](path)
    if 0 < count < len(labels):
        chosen, _ = train_test_split(numpy.arange(len(labels)), train_size=count, stratify=labels,
                                     random_state=0)
        images, labels = images[chosen], labels[chosen]
    return ImageSet(source, images, labels, *test)


def folds(labels, count, seed):
    """The fold of each image, from 0, with the shares of the classes."""
    fold_of = numpy.empty(len(labels), int)
    splits = StratifiedKFold(count, shuffle=True, random_state=seed).split(labels, labels)
    for fold, (_, held_out) in enumerate(splits):
        fold_of[held_out] = fold
    return fold_of


def write_folds(file, fold_of):
    """A fold file for `select.fold_file`."""
    with open(file, "w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(["image", "fold"])
        rows.writerows((image, fold + 1) for image, fold in enumerate(fold_of))


def _write_idx(folder, images):
    def write(name, array):
        dimensions = numpy.array(array.shape, ">u4").tobytes()
        (folder / f"{name}-idx{array.ndim}-ubyte").write_bytes(
            bytes([0, 0, 8, array.ndim]) + dimensions + array.astype(numpy.uint8).tobytes())

    write("train-images", images.images[:, 0])
    write("train-labels", images.labels)
    write("t10k-images", images.test_images[:, 0])
    write("t10k-labels", images.test_labels)


def _write_cifar(folder, images):
    def write(name, pixels, labels):
        rows = pixels.reshape(len(pixels), -1)
        records = numpy.concatenate([labels.astype(numpy.uint8)[:, None], rows], axis=1)
        (folder / name).write_bytes(records.tobytes())

    parts = zip(numpy.array_split(images.images, 5), numpy.array_split(images.labels, 5))
    for number, part in enumerate(parts, 1):
        write(f"data_batch_{number}.bin", *part)
    write("test_batch.bin", images.test_images, images.test_labels)
