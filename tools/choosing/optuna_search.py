"""Optuna searches λ for article-cnn in PyTorch, as its documentation shows, until a budget is spent."""

import math
import random
import time
import warnings

import optuna
import torch
from pytorch_twin import evaluate

BATCH = 32


def sampler(name, startup, seed):
    if name == "tpe":
        return optuna.samplers.TPESampler(n_startup_trials=startup, seed=seed)
    return optuna.samplers.GPSampler(n_startup_trials=startup, seed=seed)


def pruner(name, startup, epochs):
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=startup)
    if name == "hyperband":
        return optuna.pruners.HyperbandPruner(max_resource=epochs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return optuna.pruners.WilcoxonPruner()


class Spent(Exception):
    """The budget is spent."""


class Budget:
    """Seconds, or images that trainings read."""

    def __init__(self, seconds=math.inf, images=math.inf):
        self.start = time.perf_counter()
        self.seconds, self.images, self.read = seconds, images, 0

    def elapsed(self):
        return time.perf_counter() - self.start

    def check(self):
        if self.elapsed() >= self.seconds or self.read >= self.images:
            raise Spent

    def spend(self, images):
        self.read += images
        self.check()


class Search:
    """Trials on folds of some images. All trials of a fold begin with the same weights."""

    def __init__(self, twin, data, fold_of, epochs, seed, budget):
        self.twin, self.data, self.fold_of = twin, data, torch.from_numpy(fold_of)
        self.epochs, self.seed, self.budget = epochs, seed, budget
        self.order = random.Random(seed)
        self.fold, self.pruned, self.cut_off = None, 0, 0

    def use(self, fold):
        """Trains without this fold from now on."""
        if fold != self.fold:
            held_out = self.fold_of == fold
            self.twin.train_on(*(part[~held_out] for part in self.data))
            self.held_out = [part[held_out] for part in self.data]
            self.fold = fold

    def losses(self, l2, fold):
        """Trains without this fold, and yields the loss on it after each epoch."""
        self.use(fold)
        self.twin.restart(l2, self.seed + fold)
        for _ in range(self.epochs):
            self.twin.network.train()
            for images in self.twin.epoch(BATCH):
                self.budget.spend(images)
            yield evaluate(self.twin.network, *self.held_out)["data_loss"]
            self.budget.check()

    def hold_out(self, trial):
        """The loss on the first fold. Pruners compare it after each epoch."""
        for epoch, loss in enumerate(self.losses(strength(trial), 0), 1):
            trial.report(loss, epoch)
            if epoch < self.epochs and trial.should_prune():
                self.pruned += 1
                raise optuna.TrialPruned
        return loss

    def over_folds(self, trial):
        """The mean loss over the folds, in random order. The pruner compares it after each fold. As
        Optuna advises, a trial that is pruned has the mean of its folds so far as its score."""
        of_folds = []
        folds = sorted(set(self.fold_of.tolist()))
        self.order.shuffle(folds)
        for fold in folds:
            try:
                *_, loss = self.losses(strength(trial), fold)
            except Spent:
                if not of_folds:
                    raise
                self.cut_off += 1
                trial.study.stop()
                break
            of_folds.append(loss)
            trial.report(loss, fold)
            if len(of_folds) < len(folds) and trial.should_prune():
                self.pruned += 1
                break
        return sum(of_folds) / len(of_folds)


def strength(trial):
    return trial.suggest_float("l2", 1e-6, 1e-1, log=True)


def best_of(study):
    """The best finished trial, else the best of what the unfinished ones reported."""
    finished = [t for t in study.trials if t.state == optuna.trial.TrialState.COMPLETE]
    if finished:
        return study.best_trial.params["l2"]
    latest = [(trial.intermediate_values[max(trial.intermediate_values)], trial)
              for trial in study.trials if trial.intermediate_values]
    trial = min(latest, key=lambda pair: pair[0])[1] if latest else study.trials[0]
    return trial.params["l2"]


def search(names, startup, searching):
    """λ that a sampler and a pruner find, the numbers of trials, and what they cost."""
    study = optuna.create_study(sampler=sampler(names[0], startup, searching.seed),
                                pruner=pruner(names[1], startup, searching.epochs))
    try:
        study.optimize(searching.over_folds if names[1] == "wilcoxon" else searching.hold_out)
    except Spent:
        pass
    states = [trial.state for trial in study.trials]
    cut_off = searching.cut_off + states.count(optuna.trial.TrialState.FAIL)
    return {"l2": best_of(study), "completed": len(states) - searching.pruned - cut_off,
            "pruned": searching.pruned, "cut_off": cut_off, "images": searching.budget.read,
            "seconds": searching.budget.elapsed()}
