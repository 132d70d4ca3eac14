"""The training step of article-cnn in PyTorch, for bench/peers."""

import time

import torch
from torch import nn

from peer import images_and_labels, serve

FORMATS = {"nchw": torch.contiguous_format, "channels-last": torch.channels_last}
VARIANTS = {f"{layout}{', fused adam' if fused else ''}": (layout, fused)
            for layout in FORMATS for fused in (False, True)}


class Trainer:
    def __init__(self, layout, fused, images, labels):
        self.layout = FORMATS[layout]
        self.images, self.labels = images.to(memory_format=self.layout), labels
        self.network = nn.Sequential(
            nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64 * 6 * 6, 128), nn.ReLU(), nn.Linear(128, 10),
        ).to(memory_format=self.layout)
        kernels = [p for p in self.network.parameters() if p.dim() > 1]
        biases = [p for p in self.network.parameters() if p.dim() == 1]
        self.optimizer = torch.optim.Adam(
            [{"params": kernels, "weight_decay": 1e-4}, {"params": biases}], fused=fused)

    def epoch(self, batch):
        """Trains a step at a time, yielding the images done."""
        for chosen in torch.randperm(len(self.images)).split(batch):
            inputs = self.images[chosen].contiguous(memory_format=self.layout)
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.network(inputs), self.labels[chosen]).backward()
            self.optimizer.step()
            yield len(chosen)

    def measure(self, batch, seconds):
        steps = self.epoch(batch)
        for _ in range(10):
            next(steps)
        done, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            images = next(steps, None)
            if images is None:
                steps = self.epoch(batch)
            else:
                done += images
        return done / elapsed


def main():
    images, labels = map(torch.from_numpy, images_and_labels())
    trainers = {name: Trainer(*variant, images, labels) for name, variant in VARIANTS.items()}
    serve(f"torch {torch.__version__}", VARIANTS,
          lambda variant, batch, seconds: trainers[variant].measure(batch, seconds))


if __name__ == "__main__":
    main()
