"""Training and prediction in PyTorch, for bench/peers."""

import functools
import time

import torch
from torch import nn

from networks_torch import NETWORKS
from peer import first_step, images_and_labels, serve

FORMATS = {"nchw": torch.contiguous_format, "channels-last": torch.channels_last}
TRAINING = {f"{layout}{', fused adam' if fused else ''}{', compiled' if compiled else ''}":
            (layout, fused, compiled)
            for layout in FORMATS
            for fused, compiled in ((False, False), (True, False), (True, True))}
PREDICTING = {f"{layout}{', compiled' if compiled else ''}": (layout, True, compiled)
              for layout in FORMATS for compiled in (False, True)}


class Trainer:
    """Trains `network`: a name in NETWORKS, or a module."""

    def __init__(self, network, precision, layout, fused, compiled, images, labels):
        self.layout = FORMATS[layout]
        self.images, self.labels = images.to(memory_format=self.layout), labels
        made = NETWORKS[network]() if isinstance(network, str) else network
        self.network = made.to(memory_format=self.layout)
        kernels = [p for p in self.network.parameters() if p.dim() > 1]
        biases = [p for p in self.network.parameters() if p.dim() == 1]
        self.optimizer = torch.optim.Adam(
            [{"params": kernels, "weight_decay": 1e-4}, {"params": biases}], fused=fused)
        self.autocast = functools.partial(torch.autocast, "cpu", torch.bfloat16,
                                          enabled=precision == "bf16")
        self.run = torch.compile(self.network) if compiled else self.network

    def epoch(self, batch):
        """Trains a step at a time, yielding the images done."""
        for chosen in torch.randperm(len(self.images)).split(batch):
            inputs = self.images[chosen].contiguous(memory_format=self.layout)
            self.optimizer.zero_grad()
            with self.autocast():
                loss = nn.functional.cross_entropy(self.run(inputs), self.labels[chosen])
            loss.backward()
            self.optimizer.step()
            yield len(chosen)

    def predictions(self, batch):
        """Predicts a batch at a time, yielding the images done."""
        with torch.inference_mode(), self.autocast():
            for inputs in self.images[:2048].split(batch):
                self.run(inputs).softmax(1)
                yield len(inputs)

    def measure(self, mode, batch, seconds):
        self.network.train(mode == "train")
        epoch = self.epoch if mode == "train" else self.predictions
        steps = epoch(batch)
        next(steps)  # which may compile the model
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds / 5:
            steps = steps if next(steps, None) else epoch(batch)
        done, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            images = next(steps, None)
            if images is None:
                steps = epoch(batch)
            else:
                done += images
        return done / elapsed


def main():
    if once := first_step():
        network, batch = once[0], int(once[1])
        images, labels = map(torch.from_numpy, images_and_labels(batch))
        next(Trainer(network, "fp32", "nchw", True, False, images, labels).epoch(batch))
        return
    images, labels = map(torch.from_numpy, images_and_labels())
    trainer = functools.cache(
        lambda variant, network, precision:
        Trainer(network, precision, *(TRAINING | PREDICTING)[variant], images, labels))
    serve(f"torch {torch.__version__}", {"train": TRAINING, "predict": PREDICTING},
          lambda variant, network, mode, precision, batch, seconds:
          trainer(variant, network, precision).measure(mode, batch, seconds))


if __name__ == "__main__":
    main()
