#!/usr/bin/env python3
"""Writes tests/golden/rate_groups.txt: PyTorch's optimisers with two learning rates, as parameter groups.
Needs `pip install torch numpy`; the tests need neither.

usage: tools/golden/make_rate_groups.py [FOLDER]
"""
import torch

from golden_file import Golden, single

shapes, steps, factor, strength = ((4, 27), (4,), (12, 5), (5,)), 12, 0.1, 0.1
kinds = {
    "sgd_l2": lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9),
    "adam_l2": lambda groups: torch.optim.Adam(groups, lr=0.01, eps=1e-7),
    "adamw_decay": lambda groups: torch.optim.AdamW(groups, lr=0.01, eps=1e-7),
}

golden = Golden("rate_groups.txt")
torch.manual_seed(11)
start = [single(torch.randn(shape)).detach() for shape in shapes]
gradients = [[torch.randn(shape).float().double() for shape in shapes] for _ in range(steps)]
golden.case("given")
for i in range(len(shapes)):
    golden.add(f"start:{i}", start[i])
    for step in range(steps):
        golden.add(f"gradient:{step}:{i}", gradients[step][i])
for name, make in kinds.items():
    tensors = [w.clone().requires_grad_() for w in start]
    base = make([torch.nn.Parameter(torch.zeros(1))]).defaults["lr"]
    # The first two have a tenth of the learning rate; kernels are penalised.
    optimizer = make([dict(params=[w], lr=base * (factor if i < 2 else 1), weight_decay=strength if w.dim() == 2 else 0)
                      for i, w in enumerate(tensors)])
    for step in range(steps):
        for w, g in zip(tensors, gradients[step]):
            w.grad = g.clone()
        optimizer.step()
    golden.case(name)
    for i, w in enumerate(tensors):
        golden.add(f"end:{i}", w)
golden.write()
