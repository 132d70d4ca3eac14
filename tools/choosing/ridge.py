#!/usr/bin/env python3
"""Compares λ of a linear model with scikit-learn's, where the truth is known exactly.

The model is one dense layer with a mean squared error: ridge regression. Its weights for any λ, and
so its whole curve of cross-validation, follow from linear algebra. The images are of Fashion-MNIST,
each 2x2 pixels replaced by their mean (196 numbers), the targets are 0 or 1 for each of the ten
classes. Ridgeline and scikit-learn have the same images and the same five folds.

Ridgeline minimises, over n images and k outputs,

    J = 1/(n k) Σ squares + λ/2 |w|²

and scikit-learn n k J = Σ squares + alpha |w|². So λ = 2 alpha / (n k). Neither penalises the bias.
n are the images of one training, so in a fold n is smaller. A selection keeps λ from the folds to
the refit, but scikit-learn keeps alpha: its refit has a λ that is smaller by the share of the
images in a fold's training.

  GridSearchCV   Ridge with 20 values of alpha for each decade, on the five folds
  RidgeCV        the same values, leaving out one image at a time
  race, grid     ridgeline select, each training 100 updates of lbfgs

A race looks at the first fold first, and at others if it is in doubt. So the table has the exact
minimum of the first fold, too. The regret of a λ is its exact score on the five folds minus the
lowest one, also in standard errors of the lowest score. The test loss is the exact one of a model
that is fitted to all images with this λ. For our methods it is beside that of the trained refit.

Needs NumPy and scikit-learn.
"""

import argparse
import math
import os
import tempfile

import numpy
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from threadpoolctl import threadpool_limits

import image_sets
import program

CLASSES, FOLDS = 10, 5
MEAN, DEVIATION = 0.286, 0.353  # of the pixels of Fashion-MNIST, so that lbfgs converges
LAYERS = (f"[{{ normalize = {{ mean = [{MEAN}], std = [{DEVIATION}] }} }}, {{ flatten = {{}} }}, "
          f"{{ dense = {{ units = {CLASSES} }} }}]")
METHODS = {"race": ["select.method=race"], "grid": ["select.method=grid", "select.trials=16"]}


def halved(images):
    """The mean of each 2x2 pixels, as a byte."""
    n, channels, height, width = images.shape
    blocks = images.reshape(n, channels, height // 2, 2, width // 2, 2)
    return blocks.mean(axis=(3, 5)).round().astype(numpy.uint8)


def linear_images(count, path):
    images = image_sets.read("fashion-mnist", count, path)
    images.images, images.test_images = halved(images.images), halved(images.test_images)
    return images


def inputs(images):
    """What the dense layer sees."""
    return (images.reshape(len(images), -1) / 255 - MEAN) / DEVIATION


def in_a_fold(x):
    """The images of a training in a fold."""
    return len(x) * (FOLDS - 1) / FOLDS


def targets(labels):
    return numpy.eye(CLASSES)[labels]


class Exact:
    """Ridge regression on some images for every λ, measured on others."""

    def __init__(self, x, y, other_x, other_y):
        self.mean, self.other_y = y.mean(axis=0), other_y
        x_mean, scale = x.mean(axis=0), 2 / y.size
        values, self.vectors = numpy.linalg.eigh(scale * (x - x_mean).T @ (x - x_mean))
        kept = values > 1e-9 * values.max()
        self.values, self.vectors = values[kept], self.vectors[:, kept]
        self.slopes = scale * self.vectors.T @ ((x - x_mean).T @ (y - self.mean))
        self.other_x = (other_x - x_mean) @ self.vectors

    def loss(self, l2):
        outputs = self.other_x @ (self.slopes / (self.values + l2)[:, None]) + self.mean
        return mean_squared_error(self.other_y, outputs)


class ExactFolds:
    def __init__(self, x, y, fold_of):
        self.folds = [Exact(x[fold_of != k], y[fold_of != k], x[fold_of == k], y[fold_of == k])
                      for k in range(FOLDS)]

    def scores(self, l2):
        return numpy.array([fold.loss(l2) for fold in self.folds])

    def score(self, l2):
        return self.scores(l2).mean()


def select(options, words, method, seed):
    return program.select(
        options.program,
        [*words, *METHODS[method], f"model.layers={LAYERS}", "loss.kind=mse",
         "optimizer.kind=lbfgs", "optimizer.history=50", "train.epochs=100", "train.batch=1000",
         f"train.seed={seed}", f"train.threads={options.threads}", "select.rule=best",
         program.over_l2(*options.range)], f"{method}, seed {seed}")[0]


def alphas_of(low, high, count):
    """20 alphas for each decade of λ, over the whole range."""
    values = numpy.geomspace(low, high, round(20 * math.log10(high / low)) + 1)
    return values * count * CLASSES / 2


def grid_search(x, y, fold_of, alphas):
    search = GridSearchCV(Ridge(solver="cholesky"), {"alpha": alphas}, cv=PredefinedSplit(fold_of),
                          scoring="neg_mean_squared_error")
    return search.fit(x, y)


def print_curve(exact, x, y, fold_of, results, limits):
    """The exact scores, scikit-learn's, and those of trainings on all images of all folds."""
    trained = {trial["parameters"]["regularize.l2"]: trial["score"]
               for trial in results["grid"]["trials"]} if "grid" in results else {}
    values = numpy.array([l2 for l2 in sorted(trained) if l2 > 0] or numpy.geomspace(*limits, 11))
    alphas = values * in_a_fold(x) * CLASSES / 2
    scores = -grid_search(x, y, fold_of, alphas).cv_results_["mean_test_score"]
    print("\n| λ | alpha | exact | scikit-learn | trained by grid |\n|---|---|---|---|---|")
    for l2, alpha, score in zip(values, alphas, scores):
        of_training = f"{trained[l2]:.6f}" if trained.get(l2) else ""
        print(f"| {l2:.2g} | {alpha:.3g} | {exact.score(l2):.6f} | {score:.6f} | {of_training} |")
    print(flush=True)


def compare(options, count, seed):
    images = linear_images(count, options.data)
    x, y = inputs(images.images), targets(images.labels)
    fold_of = image_sets.folds(images.labels, FOLDS, seed)
    exact = ExactFolds(x, y, fold_of)
    test = Exact(x, y, inputs(images.test_images), targets(images.test_labels))
    inside = in_a_fold(x)
    alpha = grid_search(x, y, fold_of, alphas_of(*options.range, inside)).best_params_["alpha"]
    leave_one_out = RidgeCV(alphas_of(*options.range, len(x) - 1)).fit(x, y).alpha_

    with tempfile.TemporaryDirectory() as folder:
        words = images.write(folder)
        image_sets.write_folds(f"{folder}/folds.csv", fold_of)
        words.append(f"select.fold_file={folder}/folds.csv")
        results = {method: select(options, words, method, seed) for method in options.methods}

    fine = numpy.geomspace(*options.range, 1001)
    of_folds = numpy.array([exact.scores(l2) for l2 in fine])
    best = fine[of_folds.mean(axis=1).argmin()]
    of_first = fine[of_folds[:, 0].argmin()]
    lowest = exact.scores(best)
    error = lowest.std(ddof=1) / math.sqrt(FOLDS)

    def row(name, alpha, l2, refit_l2, trained_test=None, cost=None):
        regret = exact.score(l2) - lowest.mean()
        print(f"| {count} | {seed} | {name} | {f'{alpha:.3g}' if alpha else ''} | {l2:.3g} | "
              f"{math.log10(l2 / best) if l2 else -math.inf:+.2f} | {regret:.1e} | "
              f"{regret / error:.3f} | {test.loss(refit_l2):.5f} | "
              f"{f'{trained_test:.5f}' if trained_test else ''} | {f'{cost:.1f}' if cost else ''} |",
              flush=True)

    print("| images | seed | method | alpha | λ in the folds | decades from the minimum | regret "
          "| in standard errors | exact test loss | test loss of the refit | trainings |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    row("exact minimum", inside * CLASSES * best / 2, best, best)
    row("exact minimum of the first fold", None, of_first, of_first)
    row("GridSearchCV", alpha, 2 * alpha / (inside * CLASSES), 2 * alpha / (count * CLASSES))
    row("RidgeCV", leave_one_out, 2 * leave_one_out / ((count - 1) * CLASSES),
        2 * leave_one_out / (count * CLASSES))
    for method, result in results.items():
        if result["chosen"] is None:
            print(f"| {count} | {seed} | {method} | | none | | | | | | |")
            continue
        l2 = result["chosen"]["regularize.l2"]
        row(method, None, l2, l2, result["test"]["data_loss"], result["cost"]["whole_trainings"])
    print_curve(exact, x, y, fold_of, results, options.range)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=program.PROGRAM)
    parser.add_argument("--data", help="the folder of Fashion-MNIST; default: the known places")
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--range", type=float, nargs=2, default=[1e-6, 1e-1],
                        metavar=("MIN", "MAX"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    threadpool_limits(1)  # the matrices are small
    for count in options.images:
        for seed in options.seeds:
            compare(options, count, seed)


if __name__ == "__main__":
    main()
