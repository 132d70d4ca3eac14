"""article-cnn in PyTorch, trained as Ridgeline trains it.

The same network, initial weights (Glorot uniform kernels, zero biases), images in [0, 1], Adam
(epsilon 1e-7) and L2 penalty (on kernels only, added to the gradient).
"""

import pathlib
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench"), str(ROOT / "tools/accuracy")]
from peer_torch import TRAINING, Trainer  # noqa: E402
from pytorch_baseline import article_cnn, evaluate  # noqa: E402, F401

MEASURED_SECONDS = 5


def prepare(threads):
    """The settings of PyTorch for its best speed."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # small weights and moments would be slow to compute with


def tensors(images, labels):
    return torch.from_numpy(images.copy()).float().div_(255), torch.from_numpy(labels)


class Twin(Trainer):
    """One network that trains again and again, so that torch.compile compiles it once."""

    def __init__(self, variant, images, labels):
        self.size = images.shape[1:3]
        super().__init__(article_cnn(*self.size), "fp32", *TRAINING[variant], images, labels)
        self.variant = variant
        for group in self.optimizer.param_groups:
            group["eps"] = 1e-7

    def restart(self, l2, seed):
        """Begins with new weights."""
        torch.manual_seed(seed)
        self.network.load_state_dict(article_cnn(*self.size).state_dict())
        self.optimizer.state.clear()
        kernels, _ = self.optimizer.param_groups
        kernels["weight_decay"] = l2

    def train_on(self, images, labels):
        self.images, self.labels = images.to(memory_format=self.layout), labels


def fastest(images, labels, batch, variants=tuple(TRAINING)):
    """The fastest of these memory formats, implementations of Adam, and torch.compile or not."""
    twins = {}
    for variant in variants:
        try:
            twin = Twin(variant, images, labels)
            twins[twin.measure("train", batch, MEASURED_SECONDS)] = twin
        except Exception as problem:  # torch.compile needs a compiler
            print(f"PyTorch, {variant}: {problem}", file=sys.stderr)
    if not twins:
        sys.exit("PyTorch could not train article-cnn")
    for speed, twin in twins.items():
        print(f"PyTorch {torch.__version__}, {twin.variant}: {speed:,.0f} images/s", file=sys.stderr)
    return twins[max(twins)]
