#!/usr/bin/env python3
"""Writes tests/golden/metrics.txt: outputs and targets of images, and what scikit-learn says of
them. scikit-learn has no calibration error: here it is computed from calibration_curve's bins.
Needs `pip install numpy scikit-learn`; the tests need neither.

usage: tools/golden/make_metrics.py [FOLDER]

The format is golden_file.py's, with numbers of 17 digits. An entry "metric:LINE" is the value of
the metric that train.metrics calls LINE; "classes:LINE" are its values by class.
"""
import pathlib
import sys
import warnings

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")  # for metrics that are not defined
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "tests/golden")
lines = []


def add(name, values):
    values = np.asarray(values, dtype=np.float64).reshape(-1).tolist()
    lines.append(" ".join([name, str(len(values))] + [f"{v:.17g}" for v in values]))


def single(values):
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def begin(name, outputs, target, targets, weights):
    lines.append(f"case {name}")
    add("width", outputs.shape[1])
    add("outputs", outputs)
    add(target, targets)
    if weights is not None:
        add("weight", weights)


def that_count(outputs, truth, weights):
    """Without the images of weight 0, such as those that cannot be read."""
    if weights is None:
        return outputs, truth, weights
    return outputs[weights > 0], truth[weights > 0], weights[weights > 0]


def calibration_error(right, probability, weights, bins):
    """The bins of calibration_curve hold their lower edge, ours their upper one: no probability of
    these cases is an edge, but for 0 and 1."""
    place = np.clip(np.ceil(probability * bins) - 1, 0, bins - 1).astype(int)
    weights = np.ones(len(right)) if weights is None else weights
    error = 0.0
    for b in range(bins):
        inside = place == b
        if weights[inside].sum() > 0:
            accuracy = np.average(right[inside], weights=weights[inside])
            error += weights[inside].sum() * abs(accuracy - np.average(probability[inside], weights=weights[inside]))
    if weights.min() == weights.max():
        fraction, mean = sk_curve(right, probability, bins)
        counts = np.bincount(place, minlength=bins)
        same = np.sum(counts[counts > 0] * np.abs(fraction - mean)) / len(right)
        assert abs(same - error / weights.sum()) < 1e-12
    return error / weights.sum()


def sk_curve(right, probability, bins):
    from sklearn.calibration import calibration_curve

    return calibration_curve(right, probability, n_bins=bins, strategy="uniform")


def defined_auc(truth, score, weights):
    both = len(np.unique(truth if weights is None else truth[weights > 0])) == 2
    return sk.roc_auc_score(truth, score, sample_weight=weights) if both else np.nan


def of_classes(name, outputs, truth, weights=None):
    """Outputs are probabilities: one for two classes, or one for each."""
    outputs = single(outputs)
    begin(name, outputs, "class", truth, weights)
    outputs, truth, weights = that_count(outputs, truth, weights)
    width = outputs.shape[1]
    full = np.concatenate([1 - outputs, outputs], axis=1) if width == 1 else outputs
    k = full.shape[1]
    predicted = (outputs[:, 0] > 0.5).astype(int) if width == 1 else outputs.argmax(axis=1)
    w = {"sample_weight": weights}
    add("metric:accuracy", sk.accuracy_score(truth, predicted, **w))
    add("metric:balanced_accuracy", sk.balanced_accuracy_score(truth, predicted, **w))
    add("metric:matthews_corrcoef", sk.matthews_corrcoef(truth, predicted, **w))
    for average in ["macro", "micro"]:
        for kind in ["precision", "recall", "f1"]:
            score = getattr(sk, f"{kind}_score")
            add(f"metric:{kind}:{average}", score(truth, predicted, average=average, zero_division=0, **w))
            met = np.union1d(truth, predicted)
            values = np.full(k, np.nan)
            values[met] = score(truth, predicted, average=None, labels=met, zero_division=0, **w)
            add(f"classes:{kind}:{average}", values)
    add("confusion", sk.confusion_matrix(truth, predicted, labels=range(k)))
    confidence = full.max(axis=1)
    for bins in [15, 4]:
        add(f"metric:ece:{bins}", calibration_error(predicted == truth, confidence, weights, bins))
    if k == 2:
        add("metric:brier", sk.brier_score_loss(truth, full[:, 1], pos_label=1, labels=[0, 1], **w))
    else:
        hot = np.eye(k)[truth]
        add("metric:brier", np.average(((full - hot) ** 2).sum(axis=1), weights=weights))
    if k > 2:
        for top in [1, 2, 3, 5]:
            if top < k:  # scikit-learn takes the last of equal outputs, so only without ties
                if len(np.unique(full)) == full.size:
                    add(f"metric:top_k:{top}", sk.top_k_accuracy_score(truth, full, k=top, labels=range(k), **w))
    columns = [1] if k == 2 else range(k)
    areas = [defined_auc(truth == c, full[:, c], weights) for c in columns]
    add("metric:roc_auc", np.nanmean(areas))
    if not np.isnan(areas).any() and k > 2 and weights is None:
        assert abs(np.mean(areas) - sk.roc_auc_score(truth, full / full.sum(axis=1, keepdims=True), multi_class="ovr")) < 1e-6
    precisions = [sk.average_precision_score(truth == c, full[:, c], **w) for c in columns]
    add("metric:average_precision", np.mean(precisions))
    if k > 2:
        add("classes:roc_auc", areas)
        add("classes:average_precision", precisions)


def of_labels(name, outputs, truth, weights=None):
    outputs = single(outputs)
    begin(name, outputs, "labels", truth, weights)
    outputs, truth, weights = that_count(outputs, truth, weights)
    width = outputs.shape[1]
    predicted = (outputs > 0.5).astype(int)
    w = {"sample_weight": weights}
    # For scikit-learn, one column is a binary problem, not one label.
    wide = width > 1
    add("metric:accuracy", sk.accuracy_score(truth, predicted, **w))
    for kind in ["precision", "recall", "f1"]:
        score = getattr(sk, f"{kind}_score")
        each = [score(truth[:, l], predicted[:, l], zero_division=0, **w) for l in range(width)]
        add(f"classes:{kind}", each)
        add(f"metric:{kind}", score(truth, predicted, average="macro", zero_division=0, **w) if wide else each)
        if wide:
            add(f"metric:{kind}:micro", score(truth, predicted, average="micro", zero_division=0, **w))
    areas = [defined_auc(truth[:, l], outputs[:, l], weights) for l in range(width)]
    add("metric:roc_auc", np.nanmean(areas))
    add("classes:roc_auc", areas)
    if wide and not np.isnan(areas).any():
        assert abs(np.mean(areas) - sk.roc_auc_score(truth, outputs, average="macro", **w)) < 1e-12
    add("metric:average_precision", sk.average_precision_score(truth, outputs, average="macro", **w))
    each = [sk.average_precision_score(truth[:, l], outputs[:, l], **w) for l in range(width)]
    add("classes:average_precision", each)
    brier = [sk.brier_score_loss(truth[:, l], outputs[:, l], labels=[0, 1], **w) for l in range(width)]
    add("metric:brier", np.mean(brier))
    all_weights = None if weights is None else np.repeat(weights, width)
    add("metric:ece", calibration_error(truth.reshape(-1), outputs.reshape(-1), all_weights, 15))


def of_values(name, outputs, truth, weights=None):
    outputs, truth = single(outputs), single(truth)
    begin(name, outputs, "values", truth, weights)
    outputs, truth, weights = that_count(outputs, truth, weights)
    add("metric:mae", sk.mean_absolute_error(truth, outputs, sample_weight=weights))
    add("metric:rmse", sk.root_mean_squared_error(truth, outputs, sample_weight=weights))
    add("metric:r2", sk.r2_score(truth, outputs, sample_weight=weights))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


random = np.random.default_rng(1)
weights = single(random.uniform(0, 3, 60))
weights[::7] = 0

for k in [2, 3, 7]:
    truth = random.integers(0, k, 60)
    z = random.normal(size=(60, k))
    z[np.arange(60), truth] += 1
    of_classes(f"{k}-classes", softmax(z), truth)
    of_classes(f"{k}-classes-weighted", softmax(z), truth, weights)
truth = random.integers(0, 2, 60)
of_classes("one-output", 1 / (1 + np.exp(-random.normal(truth - 0.5)))[:, None], truth)
of_classes("one-output-weighted", 1 / (1 + np.exp(-random.normal(truth - 0.5)))[:, None], truth, weights)
truth = random.integers(0, 4, 60)
of_classes("ties", softmax(np.round(random.normal(size=(60, 4)))), truth)
of_classes("all-equal", np.full((60, 4), 0.26), truth)
truth = random.choice([0, 2, 5], 60)
of_classes("absent-classes", softmax(random.normal(size=(60, 6)) - 2 * (np.arange(6) == 3)), truth)
z = random.normal(size=(60, 6))
z[:, [1, 3]] -= 50  # neither true nor predicted
of_classes("never-met-classes", softmax(z), random.choice([0, 2], 60), weights)
z = random.normal(size=(60, 3))
z[:, 1] += 2
of_classes("one-class", softmax(z), np.full(60, 1))
of_classes("one-image", softmax(z[:1]), np.array([2]))
of_classes("sure", np.eye(3)[random.integers(0, 3, 60)], random.integers(0, 3, 60))

labels = (random.uniform(size=(60, 5)) < [0.1, 0.3, 0.5, 0.7, 0.9]).astype(int)
scores = 1 / (1 + np.exp(-random.normal(2 * labels - 1)))
of_labels("labels", scores, labels)
of_labels("labels-weighted", scores, labels, weights)
of_labels("labels-ties", np.round(scores, 1) * 0.97 + 0.01, labels)
of_labels("one-label", scores[:, :1], labels[:, :1])
missing = labels.copy()
missing[:, 1], missing[:, 3] = 0, 1  # on no image, on all images
of_labels("labels-absent", scores, missing)
few = np.where(scores > 0.5, scores - 0.45, scores)
few[:, 2] = scores[:, 2]
of_labels("labels-never-predicted", few, labels)

truth = random.normal(size=(60, 1)) * 3 + 1000
of_values("values", truth + random.normal(size=(60, 1)), truth)
truth = random.normal(size=(60, 3)) * [1, 10, 0.1] + [0, 5, -3]
of_values("three-values", truth + random.normal(size=(60, 3)), truth)
of_values("three-values-weighted", truth + random.normal(size=(60, 3)), truth, weights)
of_values("constant-value", random.normal(size=(60, 1)), np.full((60, 1), 2.0))
of_values("constant-value-met", np.full((60, 1), 2.0), np.full((60, 1), 2.0))
of_values("one-image-of-values", np.array([[1.5, 2.0]]), np.array([[1.0, 2.0]]))

folder.mkdir(parents=True, exist_ok=True)
(folder / "metrics.txt").write_text("\n".join(lines) + "\n")
