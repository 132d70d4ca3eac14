#!/usr/bin/env python3
"""Writes tests/golden/averages.txt: the averages that torch.optim.swa_utils keeps of a model's
weights, in single precision. Needs `pip install torch`; the tests do not.

usage: tools/golden/make_averages.py [FOLDER]

The format is make_golden.py's.
"""
import pathlib
import sys

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, get_swa_multi_avg_fn

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "tests/golden")
lines = []


def add(name, tensor):
    values = tensor.detach().reshape(-1).tolist()
    lines.append(" ".join([name, str(len(values))] + [f"{v:.9g}" for v in values]))


for name, function in {"ema": get_ema_multi_avg_fn(0.9), "swa": get_swa_multi_avg_fn()}.items():
    lines.append(f"case {name}")
    torch.manual_seed(7)
    model = torch.nn.Linear(6, 3, bias=False)
    average = AveragedModel(model, multi_avg_fn=function)
    for step in range(8):
        with torch.no_grad():
            model.weight += torch.randn(3, 6)
        average.update_parameters(model)
        add(f"weights:{step}", model.weight)
        add(f"average:{step}", average.module.weight)
(folder / "averages.txt").write_text("\n".join(lines) + "\n")
