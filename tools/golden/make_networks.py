#!/usr/bin/env python3
"""Writes tests/golden/networks.txt, what torchvision's networks compute in double precision, and
tests/golden/torchvision_names.txt, the names and shapes of their tensors. Their weights come from
the formula that tests/support/formula.hpp has too, so that no file holds them.
Needs `pip install torch torchvision numpy`; the tests need neither.

usage: tools/golden/make_networks.py [FOLDER]
"""
import math

import numpy
import torch
import torch.nn.functional as F
import torchvision

from golden_file import Golden, folder

CLASSES = 10
networks = {"resnet18": torchvision.models.resnet18, "resnet34": torchvision.models.resnet34,
            "resnet50": torchvision.models.resnet50, "mobilenet-v2": torchvision.models.mobilenet_v2,
            "vgg11": torchvision.models.vgg11, "vgg13-bn": torchvision.models.vgg13_bn,
            "vgg16": torchvision.models.vgg16, "vgg19-bn": torchvision.models.vgg19_bn}


def narrowed(model):
    """A VGG with dense layers of 16 units in place of 4096: golden_preset of tests/support/narrowed.hpp."""
    if isinstance(model, torchvision.models.VGG):
        model.classifier[0] = torch.nn.Linear(512 * 7 * 7, 16)
        model.classifier[3] = torch.nn.Linear(16, 16)
        model.classifier[6] = torch.nn.Linear(16, CLASSES)
    return model


def drawn(count, stream):
    """`count` numbers in [-1, 1): a hash of (index, stream)."""
    with numpy.errstate(over="ignore"):
        h = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(stream * 40503 & 0xFFFFFFFF)
        h ^= h >> numpy.uint32(15)
        h *= numpy.uint32(2246822519)
        h ^= h >> numpy.uint32(13)
    return torch.from_numpy((h >> numpy.uint32(8)).astype(numpy.float64) / 2**23 - 1)


def weights(name, shape, stream):
    u = drawn(math.prod(shape), stream).reshape(shape)
    if len(shape) > 1:
        return (u * math.sqrt(6 / math.prod(shape[1:]))).float().double()
    base = 1 if name.endswith(("running_var", "weight")) else 0
    return (base + 0.25 * u).float().double()


def main():
    golden, names = Golden("networks.txt"), []
    for name, make in networks.items():
        model = narrowed(make(num_classes=CLASSES)).double()
        kept = [(key, value) for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")]
        for stream, (key, value) in enumerate(kept):
            value.copy_(weights(key, value.shape, stream))
            names.append(" ".join([name, key] + [str(d) for d in value.shape]))
        images = drawn(2 * 3 * 64 * 64, 1000).reshape(2, 3, 64, 64).float().double()
        golden.case(name)
        golden.add("evaluated", model.eval()(images))
        model.train()
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        logits = model(images)
        F.cross_entropy(logits, torch.tensor([3, 7])).backward()
        golden.add("training", logits)
        golden.add("gradient_norms", torch.stack([p.grad.norm() for p in model.parameters()]))
    golden.write()
    (folder / "torchvision_names.txt").write_text("\n".join(names) + "\n")


main()
